import type { ServicesConfig } from '@kova/core/config/schema';
import { Secret } from '@kova/core/secret';
import { homeMark } from '../../../engine/labels.ts';
import type { Home } from '../../../home/home.ts';
import type { Services, ServicesWish } from '../../../ports/services.ts';
import { openTestEngine, type TestEngine } from '../../../testing/docker-engine.ts';
import type { ImageRecipe } from '../../../testing/engine/base-image.ts';
import { postgresImage, redisImage } from '../../../testing/engine/service-images.ts';
import { makeHome } from '../../../testing/home.ts';
import { createDockerServices } from '../docker-services.ts';

const memory = 256 * 1024 ** 2;

export const postgresWish: ServicesConfig = {
  postgres: { kind: 'postgres', version: 18, image: postgresImage.name, memory },
};
export const redisWish: ServicesConfig = {
  redis: { kind: 'redis', optional: false, image: redisImage.name, memory },
};

/** An engine, a home and the services of that home; nothing of it is left when it is closed. */
export interface Dock {
  testing: TestEngine;
  home: Home;
  /** Of the containers of this home. */
  mark: string;
  services: Services;
  close(): Promise<void>;
}

export async function openDock(images: readonly ImageRecipe[]): Promise<Dock> {
  const testing = await openTestEngine(images);
  const { home, remove } = await makeHome();
  const mark = homeMark(new Secret(home.root));
  const services = createDockerServices({ env: { DOCKER_HOST: testing.host }, home, mark });
  return {
    ...{ testing, home, mark, services },
    async close() {
      await testing.close();
      await remove();
    },
  };
}

/** In production of the shop, unless said otherwise. */
export function wish(services: ServicesConfig, environment = 'production'): ServicesWish {
  return { project: 'shop', environment, config: { runtime: 'docker', services } };
}
