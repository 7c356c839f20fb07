import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { ProjectConfig } from '@kova/core/config/schema';
import { evaluateTree } from '../../evaluate.ts';
import { launchVariable } from '../../runtimes/process/system/terminate.ts';
import { appReady } from '../app/ready.ts';
import { type Addresses, part } from '../event.ts';
import { KeptProcess } from '../kept-process.ts';
import { logOf } from '../logs.ts';
import { type Place, placeOf, preparePlace, takeOver } from '../place.ts';
import { prepareEnvFile } from '../prepare/env-file.ts';
import type { DevelopRequest } from '../request.ts';
import { checkEngine, composeArgv } from './compose.ts';
import { checkRendered } from './files.ts';
import { type ComposePorts, choosePorts } from './ports.ts';

const graceMs = 60_000;

/**
 * The development environment in containers, by Compose, until `request.signal` aborts. The containers have stopped when
 * this settles; volumes stay. @throws KovaError what keeps it from becoming ready
 */
export async function developInContainers(request: DevelopRequest): Promise<void> {
  const startedAt = performance.now();
  const { emit, signal } = request;
  const place = await placeOf(request.directory);
  await preparePlace(place);
  await using ending = new AsyncDisposableStack();
  ending.defer(await takeOver(place));
  try {
    const config = await evaluateTree(place.project);
    const compose = await prepare(request, place, config);
    const ports = await choosePorts(request, config);
    const containers = await composeUp(request, { place, config, compose, ports });
    ending.defer(() => containers.stop());
    signal.addEventListener('abort', () => void containers.stop(), { once: true });
    await part(emit, 'app', async () => ({ about: await containers.start(), value: undefined }));
    emit({ type: 'ready', addresses: addressesOf(place, config, ports), ms: performance.now() - startedAt });
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    emit({ type: 'stopping' });
  }
}

/** Returns what Compose is run by. */
async function prepare({ env, emit }: DevelopRequest, place: Place, config: ProjectConfig): Promise<string[]> {
  const compose = await part(emit, 'prerequisites', async () => {
    await checkRendered(place.project, config);
    const argv = await composeArgv(given(env));
    await checkEngine(given(env));
    return { about: argv.join(' '), value: argv };
  });
  await part(emit, 'env file', async () => ({ about: await prepareEnvFile(place.project), value: undefined }));
  return compose;
}

interface Containers {
  place: Place;
  config: ProjectConfig;
  compose: readonly string[];
  ports: ComposePorts;
}

/** Compose in the foreground: it follows the logs, and stops the containers when it is asked to end. */
async function composeUp({ env, emit }: DevelopRequest, { place, config, compose, ports }: Containers) {
  const log = await logOf(place, 'compose');
  // What the app writes into the folder shall be its owner's.
  const { uid, gid } = await stat(place.project);
  const launch = `${place.mark}.compose`;
  const numbers = { KOVA_UID: uid, KOVA_GID: gid, ...ports };
  const own = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  return new KeptProcess({
    part: 'app',
    command: () => ({
      argv: [...compose, 'up', '--build', '--remove-orphans', '--renew-anon-volumes'],
      env: { ...given(env), ...own, [launchVariable]: launch },
    }),
    ...{ cwd: place.project, graceMs, emit },
    ready: (signal) => {
      const late = (text: string) => emit({ type: 'note', part: 'app', text });
      return appReady({ port: ports.KOVA_APP_PORT, health: config.app.health, launch, late }, signal);
    },
    onLine: (line) => {
      log(line);
      emit({ type: 'line', part: 'app', line });
    },
  });
}

function addressesOf(place: Place, { services }: ProjectConfig, ports: ComposePorts): Addresses {
  const has = (kind: string) => Object.values(services).some((service) => service.kind === kind);
  return {
    app: `http://localhost:${ports.KOVA_APP_PORT}`,
    https: `https://localhost:${ports.KOVA_HTTPS_PORT}`,
    database: has('postgres') ? `postgres://app@127.0.0.1:${ports.KOVA_POSTGRES_PORT}/app` : null,
    redis: has('redis') ? `redis://127.0.0.1:${ports.KOVA_REDIS_PORT}` : null,
    logs: place.home.logs,
    connect: null,
  };
}

function given(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((each): each is [string, string] => each[1] !== undefined));
}
