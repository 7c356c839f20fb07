import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ControlProcess, launchControl } from '@kova/control/launch';
import { stopHome } from '@kova/control/stop';
import { Claims } from './claims.ts';
import { freePort } from './driver.ts';
import { engineMissing } from './engine.ts';
import type { DemoRuntime } from './repository.ts';
import { Say, seconds } from './say.ts';
import { tellStory } from './story.ts';
import type { Scene } from './tale.ts';

const help = `npm run demo [-- --json] [-- --keep] [-- --full]

Kova's story on this machine, on loopback, in a directory of its own that is removed at the end.

  --json   one JSON document with the figures on stdout; the story goes to stderr
  --keep   leave Kova and the shop running, and say how to stop them
  --full   with all jobs and checks: the shop's browser tests, Lighthouse, security
  --runtime docker
           the shop and its services in containers of this machine's engine; DOCKER_HOST names another socket
  --postgres-image NAME, --redis-image NAME, KOVA_DOCKER_IMAGE
           their images, when not postgres:18, redis:7 and node:24-slim`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    runtime: { type: 'string', default: 'process' },
    'postgres-image': { type: 'string' },
    'redis-image': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function runtimeAsked(): DemoRuntime {
  const { runtime, 'postgres-image': postgres, 'redis-image': redis } = options;
  if (runtime === 'process' || runtime === 'docker') return { runtime, postgres, redis };
  console.error(`--runtime is process or docker, not ${runtime}`);
  process.exit(2);
}

let launched: Promise<ControlProcess> | undefined;
let interrupted = false;

async function prepareScene(): Promise<Scene> {
  const home = await mkdtemp(join(tmpdir(), 'kova-demo-'));
  await chmod(home, 0o711);
  const say = new Say(options.json ? process.stderr : process.stdout);
  const env = {
    ...process.env,
    KOVA_HOME: home,
    KOVA_PORT: String(await freePort()),
    KOVA_EDGE_LISTEN: `127.0.0.1:${await freePort()}`,
  };
  return {
    ...{ home, env, say, claims: new Claims(say), full: options.full, runtime: runtimeAsked() },
    launch: () => {
      launched ??= launchControl({ env });
      return launched;
    },
    shop: join(import.meta.dirname, '../examples/storefront'),
    patches: import.meta.dirname,
    work: await mkdtemp(join(tmpdir(), 'kova-demo-shop-')).then((directory) => join(directory, 'storefront')),
  };
}

async function cleanUp({ say, home, env, work }: Scene): Promise<void> {
  if (options.keep) {
    say.end(`Kept, and running. Look: KOVA_HOME=${home} npm run kova -- status`);
    say.line(`the shop's repository: ${work}`);
    say.line(`end it: KOVA_HOME=${home} npm run kova -- down, then remove both directories`);
    return;
  }
  // One that is still starting could not be found, and would be left behind.
  await launched?.catch(() => undefined);
  await stopHome({ env });
  // A build that is ending may still write.
  for (const directory of [home, join(work, '..')])
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}

/** Ctrl-C: everything is stopped and removed before the process ends. */
function cleanUpOnSignal(scene: Scene): void {
  const end = () => {
    if (interrupted) return;
    interrupted = true;
    scene.say.end('Interrupted; stopping what the demo has started …');
    if (!options.keep) scene.say.hush();
    void cleanUp(scene).finally(() => process.exit(130));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function sayWhatNext({ say }: Scene): void {
  say.end('What to try next');
  say.line('npm run demo -- --keep         keep it running and look around');
  say.line('npm run kova -- up             a Kova of your own');
  say.line('npm run kova -- ship           in a repository with a kova.config.ts');
  say.line('npm run kova -- rollback       no argument: the newest healthy release before');
}

/** The figures, or why the story broke off. */
async function play(scene: Scene): Promise<{ figures: object; failure: string | null }> {
  try {
    return { figures: await tellStory(scene), failure: null };
  } catch (error) {
    return { figures: {}, failure: `the story broke off: ${(error as Error).message}` };
  }
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(help);
    return 0;
  }
  const missing = runtimeAsked().runtime === 'docker' ? await engineMissing(process.env) : null;
  if (missing) {
    console.error(missing);
    return 1;
  }
  const startedAt = performance.now();
  const scene = await prepareScene();
  const { say, claims } = scene;
  cleanUpOnSignal(scene);
  const { figures, failure } = await play(scene);
  if (interrupted) return 130;
  const tookMs = Math.round(performance.now() - startedAt);
  const broken = [...claims.broken(), ...(failure === null ? [] : [failure])];
  if (broken.length === 0) sayWhatNext(scene);
  else say.end(`Not as claimed:\n${broken.map((text) => `   ✗ ${text}`).join('\n')}`);
  await cleanUp(scene);
  say.end(`${seconds(tookMs)} in all; ${claims.all.length} claims, ${broken.length} not held.`);
  const ok = broken.length === 0;
  if (options.json) console.log(JSON.stringify({ ok, tookMs, ...figures, claims: claims.all, broken }, null, 2));
  return ok ? 0 : 1;
}

process.exitCode = await main();
