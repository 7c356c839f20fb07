import { writeFile } from 'node:fs/promises';
import { together } from '@kova/core/together';
import { startApp } from './app/start.ts';
import { runStep } from './command.ts';
import type { Environment } from './environment.ts';
import { type Addresses, part } from './event.ts';
import { installDependencies } from './prepare/dependencies.ts';
import { prepareEnvFile } from './prepare/env-file.ts';
import { checkPrerequisites } from './prepare/prerequisites.ts';
import { prepareCertificate, startProxy } from './proxy/start.ts';
import type { DevelopRequest } from './request.ts';
import { startPostgres, startRedis } from './services/start.ts';

/** From nothing to ready; what ends each part is added to `ending` before it is started. @throws KovaError */
export async function bringUp(
  environment: Environment,
  ports: DevelopRequest['ports'],
  ending: AsyncDisposableStack,
): Promise<Addresses> {
  const redisServer = await checkMachine(environment);
  await envFile(environment);
  const [database, redis, certificate] = await together([
    startPostgres(environment, ending),
    startRedis(environment, ending, redisServer),
    prepareCertificate(environment),
    install(environment),
  ] as const);
  await writeConnect(environment);
  await migrate(environment);
  const app = await startApp(environment, ports.app, ending);
  const https = await startProxy(environment, ports.https, { certificate, appPort: app }, ending);
  const { connect, home } = environment.place;
  const local = (scheme: string, port: number) => `${scheme}://localhost:${port}`;
  return { app: local('http', app), https: local('https', https), database, redis, logs: home.logs, connect };
}

/** Returns where redis-server lies, if it is needed and there. */
function checkMachine(environment: Environment): Promise<string | null> {
  const { place, config, emit } = environment;
  return part(emit, 'prerequisites', async () => {
    const note = (text: string) => environment.note('redis', text);
    const { redisServer, about } = await checkPrerequisites(place.project, config, note);
    return { about, value: redisServer };
  });
}

function envFile(environment: Environment): Promise<void> {
  return part(environment.emit, 'env file', async () => {
    const about = await prepareEnvFile(environment.place.project);
    return { about, value: await environment.readEnvFile() };
  });
}

function install(environment: Environment): Promise<void> {
  return part(environment.emit, 'dependencies', async () => {
    return { about: await installDependencies(environment), value: undefined };
  });
}

async function migrate(environment: Environment): Promise<void> {
  const { migrate: argv, migrateTimeout: timeoutMs } = environment.config.database;
  if (!argv) return;
  await part(environment.emit, 'migrations', async () => {
    const said = await runStep(environment, { part: 'migrations', argv, timeoutMs, code: 'MIGRATION_FAILED' });
    return { about: said.at(-1) ?? 'ran', value: undefined };
  });
}

/** The addresses as the app has them, for the person's own tools: `set -a; . .kova/dev/connect.env`. */
async function writeConnect({ place, services }: Environment): Promise<void> {
  const lines = Object.entries(services).map(([name, url]) => `${name}='${url.reveal()}'\n`);
  await writeFile(place.connect, lines.join(''), { mode: 0o600 });
}
