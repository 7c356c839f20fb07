import type { AppConfig } from '@kova/core/config/schema';
import { developmentCommand } from '@kova/core/development/command';
import { appDirectory, appPort, appUser, type Stage } from './stage.ts';
import { exec, optional, paths } from './words.ts';

/** What installs depend on: as long as none of it changes, the layer is taken from the cache. */
const manifests = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', '.npmrc'];
const manifestDirectories = ['patches', 'prisma'];

const cache = (target: string) => `--mount=type=cache,target=${target},uid=1000,gid=1000`;
const copy = (...words: string[]) => `COPY --chown=${appUser} ${paths(...words)}`;

/** The packages, in a layer of their own. */
export function dependenciesStage({ install }: AppConfig): Stage {
  return [
    'FROM base AS dependencies',
    `RUN install -d -o 1000 -g 1000 ${appDirectory} /home/app`,
    'ENV HOME=/home/app',
    `USER ${appUser}`,
    `WORKDIR ${appDirectory}`,
    ...(install ? installLines(install) : []),
  ];
}

function installLines(install: readonly string[]): string[] {
  return [
    copy(optional('package.json'), ...manifests.map(optional), './'),
    ...manifestDirectories.map((path) => copy(optional(path), `./${path}/`)),
    'ARG NPM_CONFIG_REGISTRY',
    `RUN ${cache('/home/app/.npm')} ${exec(install)}`,
  ];
}

/** The app as it is worked on; mount the sources over it to have changes taken up. */
export function developmentStage(app: AppConfig, probe: string): Stage {
  return [
    'FROM dependencies AS development',
    'ENV NODE_ENV=development',
    copy('.', './'),
    probe,
    `CMD ${exec(developmentCommand(app, { host: '0.0.0.0', port: appPort }))}`,
  ];
}

/** Next.js keeps what it has compiled; the directory around must be there, or it would be root's. */
const nextCache = '.next/cache';

export function buildStage({ build, output }: AppConfig): Stage {
  const isNext = output.some(({ from }) => from.startsWith('.next/'));
  const cached = isNext ? `${cache(`${appDirectory}/${nextCache}`)} ` : '';
  return [
    'FROM dependencies AS build',
    'ENV NODE_ENV=production',
    ...(isNext ? [`RUN mkdir -p ${nextCache}`] : []),
    copy('.', './'),
    ...(build ? [`RUN ${cached}${exec(build)}`] : []),
  ];
}
