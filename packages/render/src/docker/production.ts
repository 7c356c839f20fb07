import type { AppConfig, ProjectConfig } from '@kova/core/config/schema';
import { labelLines } from './labels.ts';
import { healthcheck } from './probe.ts';
import { appDirectory, appUser, type Stage } from './stage.ts';
import { exec, literal, optional, paths } from './words.ts';

/** Where a release is put together, as it shall lie in the image. */
const root = '/release';

/**
 * The output and nothing else, with the time of the commit: the time of the build would make another image of the same
 * bytes. Only a directory that is copied along keeps its own time, which is why the app's lies in another one.
 */
export function releaseStage({ output }: AppConfig): Stage {
  return [
    'FROM base AS release',
    'USER root',
    ...output.map(copyOutput),
    'ARG SOURCE_DATE_EPOCH=0',
    `RUN find ${root} -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +`,
  ];
}

/** What is shipped. It belongs to root, so that the app cannot change itself. */
export function productionStage(config: ProjectConfig): Stage {
  return ['FROM base AS production', `COPY --from=release ${root}/ /`, ...runLines(config)];
}

function copyOutput({ from, to, optional: mayMiss }: AppConfig['output'][number]): string {
  const source = inBuild(from);
  const target = `${root}${appDirectory}/${to === '.' ? '' : to}`;
  return `COPY --from=build ${paths(mayMiss ? optional(source) : literal(source), target)}`;
}

function inBuild(path: string): string {
  return path === '.' ? appDirectory : `${appDirectory}/${path.replace(/^\.\//, '')}`;
}

/** How the app is run, and what the image says of itself. */
export function runLines(config: ProjectConfig): string[] {
  const { app } = config;
  return [
    'ENV NODE_ENV=production',
    `WORKDIR ${appDirectory}`,
    `USER ${appUser}`,
    healthcheck(app),
    `CMD ${exec(app.start)}`,
    ...labelLines(config),
  ];
}
