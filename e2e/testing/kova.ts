import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentView, EnvironmentView, RunView, ShipView, StatusView } from '@kova/control/api';
import { type ControlProcess, launchControl } from '@kova/control/launch';
import { stopHome } from '@kova/control/stop';
import { type AppVersion, commitVersion } from './app.ts';
import { inStore } from './books.ts';
import { freePort } from './free-port.ts';

/** A Kova of its own: home, ports and repository; nothing of it is left when it is closed. */
export class TestKova {
  readonly home: string;
  readonly repository: string;
  readonly env: NodeJS.ProcessEnv;
  control!: ControlProcess;

  private constructor(home: string, ports: [number, number]) {
    this.home = home;
    this.repository = join(home, 'app');
    this.env = {
      ...process.env,
      KOVA_HOME: home,
      KOVA_PORT: String(ports[0]),
      KOVA_EDGE_LISTEN: `127.0.0.1:${ports[1]}`,
    };
  }

  static async start(env: NodeJS.ProcessEnv = {}): Promise<TestKova> {
    const home = mkdtempSync(join(tmpdir(), 'kova-'));
    chmodSync(home, 0o711);
    shareMade(home);
    const kova = new TestKova(home, [await freePort(), await freePort()]);
    await kova.up(env).catch((error: unknown) => {
      rmSync(home, { recursive: true, force: true });
      throw error;
    });
    return kova;
  }

  /** One that is started with these variables each time. */
  static async keeping(env: NodeJS.ProcessEnv): Promise<TestKova> {
    const kova = await TestKova.start(env);
    Object.assign(kova.env, env);
    return kova;
  }

  async up(env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.control = await launchControl({ env: { ...this.env, ...env } });
  }

  /** SIGKILL of the control plane; edge, databases and instances go on. */
  killControl(): void {
    process.kill(this.control.pid, 'SIGKILL');
  }

  /** SIGKILL of the edge; what it remembers of the routes is lost with `forgetful`. `up` starts it again. */
  killEdge({ forgetful = false } = {}): void {
    const { pid } = JSON.parse(readFileSync(join(this.home, 'edge/edge.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    if (forgetful) rmSync(join(this.home, 'edge/routes.json'));
  }

  /** A file in the home that the app can see: a switch for its faults. */
  write(name: string, mode = 0o644): void {
    writeFileSync(join(this.home, name), '');
    chmodSync(join(this.home, name), mode);
  }

  /** SIGKILL of all instances of a release. */
  async killInstances(release: string): Promise<void> {
    const { instances } = await this.environment();
    for (const { pid } of instances.filter((each) => each.release === release)) if (pid) process.kill(pid, 'SIGKILL');
  }

  /** Why the deployments of a release in production were where they were, in their order. */
  async story(release: string): Promise<string[]> {
    const events = `select deployment_events.reason from deployment_events join deployments on deployments.id = deployment
      where release = '${release}' and environment = 'production' order by deployment_events.id`;
    return (await inStore(this.home, events)).map(({ reason }) => String(reason));
  }

  /** What the command prints, for the shop. */
  cli(...args: string[]): string {
    return this.command(...args, '--project', 'shop');
  }

  /** What the command prints. */
  command(...args: string[]): string {
    const bin = join(import.meta.dirname, '../../packages/cli/bin/kova.js');
    const env = { ...this.env, KOVA_URL: this.control.url };
    return execFileSync(process.execPath, [bin, ...args], {
      env,
      cwd: this.home,
      encoding: 'utf8',
    });
  }

  async close(): Promise<void> {
    await this.up();
    await stopHome({ env: this.env });
    rmSync(this.home, { recursive: true, force: true });
  }

  token(): string {
    return readFileSync(join(this.home, 'keys/api-token'), 'utf8').trim();
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = this.token();
    const bundle = body instanceof Uint8Array;
    const answer = await fetch(this.control.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': bundle ? 'application/x-git-bundle' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: bundle ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const result = await answer.json();
    if (!answer.ok) throw Object.assign(new Error((result as { message: string }).message), result);
    return result as T;
  }

  /** Commits a version and sends it. */
  async send(version: AppVersion): Promise<string> {
    const commit = commitVersion(this.repository, version);
    const bundle = execFileSync('git', ['-C', this.repository, 'bundle', 'create', '-', 'HEAD'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    });
    await this.call('PUT', `/v1/projects/shop/commits/${commit}`, new Uint8Array(bundle));
    return commit;
  }

  /** Commits a version and ships it; returns the ship's id at once. */
  async ship(version: AppVersion, options: { force?: boolean } = {}): Promise<{ ship: string; commit: string }> {
    const commit = await this.send(version);
    const { ship } = await this.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit, ...options });
    return { ship, commit };
  }

  async shipped(version: AppVersion): Promise<ShipView> {
    return this.endOf((await this.ship(version)).ship);
  }

  async endOf(ship: string, limitMs?: number): Promise<ShipView> {
    return this.untilEnded(
      () => this.call<ShipView>('GET', `/v1/ships/${ship}`),
      ({ state }) => state !== 'building' && state !== 'deploying',
      limitMs,
    );
  }

  /** Starts the pipeline of a commit; returns the run's id at once. */
  async prove(commit: string, jobs: string[] | null = null, more: { push?: boolean } = {}): Promise<string> {
    return (await this.call<{ run: string }>('POST', '/v1/projects/shop/runs', { commit, jobs, ...more })).run;
  }

  async proved(run: string): Promise<RunView> {
    return this.untilEnded(
      () => this.call<RunView>('GET', `/v1/runs/${run}`),
      ({ state }) => state !== 'queued' && state !== 'running',
    );
  }

  async ended(deployment: string): Promise<DeploymentView> {
    const last = new Set(['live', 'rolled-back', 'failed', 'cancelled', 'superseded', 'retired']);
    return this.untilEnded(
      () => this.call<DeploymentView>('GET', `/v1/deployments/${deployment}`),
      ({ phase }) => last.has(phase),
    );
  }

  async act(action: string, body: object = {}, environment = 'production'): Promise<string> {
    const path = `/v1/projects/shop/environments/${environment}/${action}`;
    return (await this.call<{ deployment: string }>('POST', path, body)).deployment;
  }

  async environment(name = 'production'): Promise<EnvironmentView> {
    const status = await this.call<StatusView>('GET', '/v1/status');
    return status.projects[0]!.environments.find((environment) => environment.name === name)!;
  }

  /** As `until`, for what does not change again: the longer it takes, the less often it is asked for. */
  untilEnded<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, limitMs?: number): Promise<T> {
    return this.until(ask, wanted, limitMs, (passedMs) => Math.min(Math.max(50, passedMs / 20), 250));
  }

  /** Asks again until the answer is as wanted; a control plane that is away meanwhile is waited for. */
  async until<T>(
    ask: () => Promise<T>,
    wanted: (answer: T) => boolean,
    limitMs = 60_000,
    pauseMs = (_passedMs: number) => 50,
  ): Promise<T> {
    const startedAt = Date.now();
    const end = startedAt + limitMs;
    for (;;) {
      const answer = await ask().catch((error: Error & { code?: string }) => {
        if (error.code === 'NOT_FOUND' || Date.now() > end) throw error;
        return undefined;
      });
      if (answer !== undefined && wanted(answer)) return answer;
      if (Date.now() > end) throw new Error(`waited in vain; last answer: ${JSON.stringify(answer)}`);
      await delay(pauseMs(Date.now() - startedAt));
    }
  }

  async get(
    path = '/',
    environment = 'production',
    headers: Record<string, string> = {},
  ): Promise<{ status: number; release: string | null; body: string }> {
    const { request } = await import('undici');
    const answer = await request(this.control.edge + path, {
      headers: { host: `${environment}.shop.localhost`, ...headers },
    });
    const release = answer.headers['x-kova-release'];
    return {
      status: answer.statusCode,
      release: typeof release === 'string' ? release : null,
      body: await answer.body.text(),
    };
  }
}

/** What was made for other homes of the run, and is the same for all, need not be made again for this one. */
function shareMade(home: string): void {
  const shared = process.env.KOVA_TEST_SHARED;
  if (!shared) return;
  mkdirSync(join(home, 'postgres'), { mode: 0o711 });
  symlinkSync(join(shared, 'templates'), join(home, 'postgres/_templates'));
  mkdirSync(join(home, 'edge'), { mode: 0o700 });
  symlinkSync(join(shared, 'control'), join(home, 'compiled'));
  symlinkSync(join(shared, 'edge'), join(home, 'edge/code-cache'));
}
