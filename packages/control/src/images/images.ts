import { join } from 'node:path';
import { reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { createScrubber } from '../commands/scrubber.ts';
import { ensureAppImage } from '../engine/app-image.ts';
import { engineCall } from '../engine/explain.ts';
import type { Home } from '../home/home.ts';
import { type JobLog, openJobLog } from '../pipeline/log.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Images, ImageWork } from '../ports/images.ts';
import { buildReleaseImage, type Workplace } from './build.ts';
import { removeOldContexts } from './context.ts';
import { pushImage, pushPausesMs } from './registry/push.ts';
import { removeImages } from './remove.ts';

export interface ImagesOptions {
  /** Asked when it is needed: most projects have no images. */
  engine: () => Docker;
  home: Home;
  artefacts: Artefacts;
  /** What releases run in that are in no image of their own. */
  baseImage: string;
  /** With which an image of a project is pulled; null for a registry that asks for nothing. */
  credentialsOf: (project: string, image: string) => Promise<Docker.AuthConfigObject | null>;
  /** See `Workplace`. */
  network?: string | undefined;
  /** Between the attempts of a push, ms. */
  pausesMs?: readonly number[];
}

/** Images made through the API of a Docker engine. */
export function createImages(options: ImagesOptions): Images {
  const { engine, home, artefacts, baseImage, credentialsOf, network, pausesMs = pushPausesMs } = options;
  const place = () => ({ engine: engine(), artefacts, directory: join(home.builds, '.images'), network });
  return {
    async begin(job, secrets) {
      await removeOldContexts(place().directory);
      const log = await openJobLog(home.logs, job, createScrubber(secrets));
      return workOn(place(), log, pausesMs);
    },
    ensure: ({ project, image, signal }) =>
      ensureAppImage(engine(), image, baseImage, { login: (name) => credentialsOf(project, name), signal }),
    remove: (images) => removeImages(engine(), images),
  };
}

function workOn(place: Workplace, log: JobLog, pausesMs: readonly number[]): ImageWork {
  const say = (line: string) => void log.write(line);
  const foreign: string[] = [];
  return {
    async build(request) {
      const built = await buildReleaseImage(place, request, say);
      foreign.push(...built.others.map(({ id }) => id));
      return built;
    },
    async tag({ id }, name, tags) {
      const image = place.engine.getImage(id);
      for (const tag of tags) await engineCall(`naming the image ${name}:${tag}`, () => image.tag({ repo: name, tag }));
    },
    push: (request) => pushImage(place.engine, request, say, pausesMs),
    say: (line) => log.write(line),
    async close() {
      await removeImages(place.engine, foreign).catch((error: unknown) => log.write(reportOf(error).message));
      await log.close();
    },
  };
}
