import type { ProjectConfig } from '@kova/core/config/schema';
import { baseOf, baseStage, initStage } from './base.ts';
import { buildStage, dependenciesStage, developmentStage } from './build.ts';
import { healthcheck } from './probe.ts';
import { productionStage, releaseStage } from './production.ts';
import { stagesText } from './stage.ts';

const header = [
  '# Rendered by `kova render docker` from kova.config.ts; do not edit.',
  '# To render it again: kova render docker. To see whether it has drifted: kova render docker --check.',
  '# To build it, with BuildKit, which Docker 23 and newer take by themselves:',
  '#   docker build --target production --tag NAME --build-arg REVISION="$(git rev-parse HEAD)" \\',
  '#     --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" .',
];

/** A Dockerfile with the targets base, development, build and production. */
export function renderDockerfile(config: ProjectConfig): string {
  const { app } = config;
  return stagesText([
    [...header, `ARG BASE=${baseOf(config)}`],
    initStage,
    baseStage,
    dependenciesStage(app),
    developmentStage(app, healthcheck(app)),
    buildStage(app),
    releaseStage(app),
    productionStage(config),
  ]);
}
