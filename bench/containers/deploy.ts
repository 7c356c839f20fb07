import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ShipView } from '@kova/control/api';
import { nodeBase, openTestEngine, postgresImage, type TestEngine } from '@kova/control/testing/docker-engine';
import { inStore } from '../../e2e/testing/books.ts';
import { TestKova } from '../../e2e/testing/kova.ts';
import { Shop } from '../pipeline/shop.ts';
import { beside, type Figure, figure } from '../result.ts';

const run = promisify(execFile);
const healthPath = '/api/health';
/** Of an instance; migrations have containers, too. */
const instanceLabel = 'dev.kova.instance';
const bareLabel = 'bench.bare';
const pollMs = 10;
const limitMs = 60_000;

/** What the storefront is deployed as here: its image on Docker, with a database, in one environment. */
const config = `import { defineConfig, nextjs, postgres } from 'kova'
export default defineConfig({
  name: 'storefront',
  runtime: 'docker',
  app: nextjs(),
  image: { base: '${nodeBase.name}' },
  services: { postgres: postgres({ image: '${postgresImage.name}' }) },
  // The base of tests has no npm.
  database: { migrate: 'node db/migrate.mjs', schema: { from: 1, to: 4 } },
  pipeline: { use: 'none' },
  environments: { production: { stability: '1s', standby: '1s', instances: 1 } },
})
`;

/** Deployments of the storefront's image, phase by phase, beside `docker run` of the same image. */
export async function deploy(samples: number): Promise<Figure[]> {
  const testing = await openTestEngine([nodeBase, postgresImage]);
  const env = { DOCKER_HOST: testing.host, KOVA_DOCKER_IMAGE: nodeBase.name, KOVA_BUILD_NETWORK: 'host' };
  const kova = await TestKova.keeping(env);
  try {
    const shop = await Shop.of(kova);
    await writeFile(join(shop.directory, 'kova.config.ts'), config);
    await shop.commit('deploy on Docker');
    const release = await shipped(kova, shop.directory);
    const [own, bare]: [Deployed[], number[]] = [[], []];
    for (let sample = 0; sample < samples; sample += 1) {
      await standbyGone(testing);
      own.push(await deployed(kova, testing, release));
      bare.push(await dockerRun(testing));
    }
    return figuresOf(own, bare);
  } finally {
    await kova.close();
    await testing.close();
  }
}

/** A standby that is warm would be taken as it is, and nothing started. */
async function standbyGone({ engine }: TestEngine): Promise<void> {
  const instances = () => engine.listContainers({ filters: { label: [instanceLabel] } });
  for (const giveUpAt = Date.now() + limitMs; (await instances()).length > 1; await pause(200)) {
    if (Date.now() > giveUpAt) throw new Error('the standby does not stop');
  }
}

async function shipped(kova: TestKova, directory: string): Promise<string> {
  const argv = [join(import.meta.dirname, '../../packages/cli/bin/kova.js'), 'ship', '--json'];
  const { stdout } = await run(process.execPath, argv, { cwd: directory, env: kova.env, maxBuffer: 1 << 26 });
  const { release } = JSON.parse(stdout) as ShipView;
  if (release === null) throw new Error(`the storefront was not shipped: ${stdout}`);
  return release;
}

interface Deployed {
  /** Container created → first healthy answer, ms. */
  healthyMs: number;
  /** Asked for → all traffic on the new slot, ms. */
  trafficMs: number;
  /** Time in each phase, ms. */
  phases: Map<string, number>;
}

async function deployed(kova: TestKova, { engine }: TestEngine, release: string): Promise<Deployed> {
  const healthy = firstHealthy(engine, instanceLabel);
  // Should the deployment fail, that is what is told.
  healthy.catch(() => undefined);
  const path = '/v1/projects/storefront/environments/production/deployments';
  const { deployment } = await kova.call<{ deployment: string }>('POST', path, { release, force: true });
  const healthyMs = await healthy;
  const { createdAt, trafficAt, phase, reason } = await kova.ended(deployment);
  if (phase !== 'live' || trafficAt === null) throw new Error(`the deployment is ${phase}: ${reason}`);
  return {
    healthyMs,
    trafficMs: Date.parse(trafficAt) - Date.parse(createdAt),
    phases: await phasesOf(kova, deployment),
  };
}

async function phasesOf(kova: TestKova, deployment: string): Promise<Map<string, number>> {
  const query = `select phase, extract(epoch from lead(at) over (order by id) - at) * 1000 as ms
    from deployment_events where deployment = '${deployment}' order by id`;
  const phases = new Map<string, number>();
  for (const { phase, ms } of await inStore(kova.home, query)) {
    phases.set(String(phase), (phases.get(String(phase)) ?? 0) + Number(ms ?? 0));
  }
  return phases;
}

/** The next container with a label that is created → its first healthy answer, ms. */
async function firstHealthy(engine: TestEngine['engine'], label: string): Promise<number> {
  const filters = { event: ['start'], label: [label] };
  const events = await engine.getEvents({ filters });
  const id = await new Promise<string>((resolve, reject) => {
    events.once('data', (line: Buffer) => resolve((JSON.parse(String(line)) as { id: string }).id));
    events.once('error', reject);
  });
  (events as unknown as { destroy(): void }).destroy();
  const { Created, Config, NetworkSettings } = await engine.getContainer(id).inspect();
  const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  const port = Number(Config.Env.find((each) => each.startsWith('PORT='))?.slice(5));
  for (const giveUpAt = Date.now() + limitMs; !(await isHealthy(host, port)); await pause(pollMs)) {
    if (Date.now() > giveUpAt)
      throw new Error(`${id.slice(0, 12)} does not answer 200 at ${host}:${port}${healthPath}`);
  }
  return Date.now() - Date.parse(Created);
}

function isHealthy(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host, port, path: healthPath, timeout: 5000, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/** `docker run` of what Kova runs: the same image, environment, user and network, and nothing around it. */
async function dockerRun({ engine, host }: TestEngine): Promise<number> {
  const own = (await engine.listContainers()).find(({ Labels }) => instanceLabel in Labels);
  const { Config, NetworkSettings } = await engine.getContainer(own?.Id ?? '').inspect();
  const [network = ''] = Object.keys(NetworkSettings.Networks);
  const variables = Config.Env.filter((each) => !each.startsWith('HOST')).flatMap((each) => ['--env', each]);
  const healthy = firstHealthy(engine, bareLabel);
  const options = [
    '--rm',
    '--detach',
    '--label',
    bareLabel,
    '--network',
    network,
    '--user',
    Config.User,
    ...variables,
    '--env',
    'HOSTNAME=0.0.0.0',
  ];
  const { stdout } = await run('docker', ['run', ...options, Config.Image], {
    env: { ...process.env, DOCKER_HOST: host },
  });
  const took = await healthy;
  await engine.getContainer(stdout.trim()).remove({ force: true });
  return took;
}

function figuresOf(own: readonly Deployed[], bare: readonly number[]): Figure[] {
  const healthy = median(own.map(({ healthyMs }) => healthyMs));
  const ownMs = own.map(({ trafficMs, healthyMs }) => trafficMs - healthyMs);
  const names = [...(own[0]?.phases.keys() ?? [])];
  const told = names.map((name) => `${name} ${Math.round(median(own.map(({ phases }) => phases.get(name) ?? 0)))} ms`);
  return [
    beside(
      'containers.healthy.vs_docker_run',
      healthy,
      'docker run, ms',
      median(bare),
      '×',
      own.length,
      `${Math.round(healthy)} ms from create to the first 200 of ${healthPath}`,
    ),
    figure(
      'containers.own_ms',
      median(ownMs),
      'ms',
      own.length,
      `asked for → all traffic, without the app's own start; worst ${Math.round(Math.max(...ownMs))} ms; ${told.join(', ')}`,
    ),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
