import type { ProjectConfig } from '@kova/core/config/schema';
import { baseOf, baseStage, initStage } from './base.ts';
import { runLines } from './production.ts';
import { stagesText } from './stage.ts';

/** Where the release lies in the context: what is below is laid over the root of the image, times and all. */
export const releaseInContext = 'root/app';

/** A Dockerfile for a release that is built already: what the pipeline makes its image by. */
export function renderReleaseDockerfile(config: ProjectConfig): string {
  return stagesText([
    [`ARG BASE=${baseOf(config)}`],
    initStage,
    baseStage,
    ['FROM base AS production', 'COPY root/ /', ...runLines(config)],
  ]);
}
