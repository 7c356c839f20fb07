import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import { ensureImage } from '../../engine/image.ts';
import type { Place } from '../../engine/labels.ts';
import { ensureNetwork } from '../../engine/network.ts';
import { serviceAddress } from '../../engine/service-address.ts';
import type { Home } from '../../home/home.ts';
import type { Blueprint } from './blueprint.ts';
import { ensureContainer } from './container.ts';
import { type ContainerPlan, serviceLabels, serviceName } from './container-options.ts';
import { writeRecord } from './records.ts';
import { writeSecrets } from './secrets.ts';
import { Vitals } from './vitals.ts';
import { ensureVolume } from './volume.ts';

export interface ServiceContainerOptions {
  engine: Docker;
  /** Path of the engine's socket. */
  socket: string;
  home: Home;
  place: Place;
  blueprint: Blueprint;
  image: string;
  /** Bytes. */
  memory: number;
  /** Files that are mounted for it alone. */
  secrets: Readonly<Record<string, Secret>>;
}

/** A service of an environment: one container with a fixed address, and one volume. It outlives Kova. */
export class ServiceContainer {
  readonly #options: ServiceContainerOptions;
  readonly name: string;

  constructor(options: ServiceContainerOptions) {
    this.#options = options;
    this.name = serviceName(options.place, options.blueprint.kind);
  }

  /**
   * Makes it the first time, and starts it; see `ensureContainer`. It may not serve yet.
   * @throws KovaError IMAGE_UNUSABLE, CONFLICT, ENGINE_FAILED, ENGINE_UNAVAILABLE
   */
  async start({ adjust = false } = {}): Promise<{ host: string; vitals: Vitals }> {
    const { engine, home, place, blueprint, image, memory } = this.#options;
    const network = await ensureNetwork(engine, place);
    const secrets = join(home.keys, 'services', place.project, place.environment, blueprint.kind);
    const address = serviceAddress(network, blueprint.kind);
    const plan: ContainerPlan = {
      ...{ blueprint, place, name: this.name, image, memory, secrets, address },
      ...{ network: network.Name, networkId: network.Id },
    };
    await writeSecrets(secrets, this.#options.secrets);
    await ensureContainer(engine, plan, { adjust, prepare: () => this.#prepare(address) });
    return { host: address, vitals: new Vitals(engine, this.name) };
  }

  /** All that a container needs, before one that is to be replaced is stopped. */
  async #prepare(address: string): Promise<void> {
    const { engine, socket, home, place, blueprint, image } = this.#options;
    checkVersion(await ensureImage(engine, image), image, blueprint);
    const { project, environment } = place;
    const { kind, port } = blueprint;
    const record = { kind, project, environment, name: this.name, address: `${address}:${port}`, socket };
    await writeRecord(home.services, record);
    await ensureVolume(engine, this.name, serviceLabels(place, blueprint.kind));
  }
}

/** An image that does not say its version is taken at its name. */
function checkVersion({ Config }: Docker.ImageInspectInfo, image: string, { kind, version }: Blueprint): void {
  const prefix = `${version.variable}=`;
  const said = (Config.Env ?? []).find((entry) => entry.startsWith(prefix))?.slice(prefix.length);
  if (said === undefined || said.split('.')[0] === version.major) return;
  throw new KovaError('IMAGE_UNUSABLE', `the image ${image} is ${kind} ${said}, where ${version.major} is wanted`, {
    next: `Name an image of ${kind} ${version.major}; the data were not touched.`,
  });
}
