import { defaultBase } from '@kova/core/config/image';
import type { ProjectConfig } from '@kova/core/config/schema';
import { appPort, type Stage } from './stage.ts';
import { exec } from './words.ts';

export function baseOf({ image }: ProjectConfig): string {
  return image?.base ?? defaultBase;
}

/**
 * Fetches tini, which passes signals on and reaps what the app leaves behind. Only the program itself gets into an
 * image, with the time of its package, so that the layer is the same wherever it was made.
 */
export const initStage: Stage = [
  'FROM $BASE AS init',
  'USER root',
  'RUN command -v tini || { apt-get update && apt-get install --yes --no-install-recommends tini; }',
  'RUN cp -p "$(command -v tini)" /tini',
];

export const baseStage: Stage = ['FROM $BASE AS base', 'COPY --from=init /tini /tini', ...surroundings()];

/** What every process finds. */
function surroundings(): string[] {
  return [
    `ENV HOST=0.0.0.0 HOSTNAME=0.0.0.0 PORT=${appPort} HOME=/tmp NEXT_TELEMETRY_DISABLED=1`,
    `EXPOSE ${appPort}`,
    `ENTRYPOINT ${exec(['/tini', '--'])}`,
  ];
}
