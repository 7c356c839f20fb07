import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureNetwork } from '../../engine/network.ts';
import type { Migration, MigrationEnding } from '../../ports/migrator.ts';
import { nodeBase, openTestEngine, type TestEngine } from '../../testing/docker-engine.ts';
import { until } from '../../testing/until.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import { ContainerMigrator, type ContainerMigratorOptions } from './container-migrator.ts';

const homeId = 'home of the test';
const slot = 'shop/production/blue';
let testing: TestEngine;
let directory: string;
let options: ContainerMigratorOptions;
let migrator: ContainerMigrator;

beforeAll(async () => {
  testing = await openTestEngine();
  directory = await mkdtemp(join(tmpdir(), 'kova-migrations-'));
  await chmod(directory, 0o755);
  options = {
    ...{ engine: testing.engine, identity: new ContainerIdentity(new Secret(homeId)), baseImage: nodeBase.name },
    asOf: () => ({ uid: 70_123, gid: 70_123 }),
  };
  migrator = new ContainerMigrator(options);
}, 240_000);
afterAll(async () => {
  await testing?.close();
  await rm(directory, { recursive: true, force: true });
});

const never = new AbortController().signal;
const containers = () => testing.engine.listContainers({ all: true });

/** A migration that runs some JavaScript of the release. */
async function migrationOf(script: string, overrides: Partial<Migration> = {}): Promise<Migration> {
  await writeFile(join(directory, 'migrate.mjs'), script);
  return {
    ...{ id: 'd-1', slot, directory, runtime: 'docker', argv: ['node', 'migrate.mjs'], env: {}, timeoutMs: 60_000 },
    ...overrides,
  };
}

const tell = (what: string) => `console.log(JSON.stringify(${what})); process.exit(3);`;
const told = async (what: string, overrides: Partial<Migration> = {}) => {
  const { failure, tail } = await migrator.run(await migrationOf(tell(what), overrides), never);
  expect(failure).toBe('exited with 3');
  return JSON.parse(tail.at(-1) ?? '');
};

describe('a migration in a container', () => {
  test('that ends well leaves no container', async () => {
    expect(await migrator.run(await migrationOf(''), never)).toEqual({ failure: null, tail: [] });
    expect(await containers()).toEqual([]);
  });

  test('runs as the user of the app, without rights, and can write to memory alone', async () => {
    const status = `Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(':\\t')))`;
    const denied = (path: string) =>
      `(() => { try { fs.writeFileSync('${path}', ''); return 'written'; } catch ({ code }) { return code; } })()`;
    const script = `[${status}, ${denied('/app/new')}, ${denied('/etc/new')}, ${denied('/tmp/new')}]`;
    const [{ Uid, CapEff, NoNewPrivs }, app, etc, tmp] = await told(
      `(await import('node:fs'), ${script})`.replaceAll('fs.', 'process.getBuiltinModule("fs").'),
    );
    expect([Uid.split('\t')[0], CapEff, NoNewPrivs]).toEqual(['70123', '0000000000000000', '1']);
    expect([app, etc, tmp]).toEqual(['EROFS', 'EROFS', 'written']);
  });

  test('is given its environment, and none of its secrets is told on', async () => {
    const env = { PLAIN: 'plain', DATABASE_URL: new Secret('postgresql://app:hunter2@10.0.0.1/app') };
    const { failure, tail } = await migrator.run(
      await migrationOf('console.error(process.env.PLAIN, process.env.DATABASE_URL); process.exit(1);', { env }),
      never,
    );
    expect({ failure, tail }).toEqual({ failure: 'exited with 1', tail: ['plain [secret]'] });
  });

  test('of a swarm has its secrets from its input, where nobody who asks the engine sees them', async () => {
    const secret = "it's `quoted` $HOME\nand has two lines";
    const env = { PLAIN: '{{plain}}', KEY: new Secret(secret) };
    const script =
      'console.log(JSON.stringify([process.env.PLAIN, process.env.KEY])); setTimeout(process.exit, 2000, 3);';
    const running = migrator.run(await migrationOf(script, { env, runtime: 'swarm' }), never);
    const { Id } = await until(async () => (await containers()).find(({ State }) => State === 'running'));
    const seen = await testing.engine.getContainer(Id).inspect();
    expect(seen.Config.Env).toContain('PLAIN={{plain}}');
    expect(JSON.stringify(seen)).not.toContain('two lines');
    expect(await running).toEqual({ failure: 'exited with 3', tail: ['["{{plain}}","[secret]"]'] });
    const check = `process.exit(process.env.KEY === ${JSON.stringify(secret)} ? 0 : 1)`;
    expect((await migrator.run(await migrationOf(check, { env, runtime: 'swarm' }), never)).failure).toBeNull();
    const lacking = await migrationOf('', { env, runtime: 'swarm', argv: ['npm', 'run', 'db:migrate'] });
    expect((await migrator.run(lacking, never)).failure).toMatch(/^could not be started .*exec: npm: not found/);
  });

  test('reaches what is on the network of its environment', async () => {
    const { IPAM } = await ensureNetwork(testing.engine, options.identity.placeOf(slot));
    const host = IPAM?.Config?.[0]?.Gateway ?? '';
    const server = createServer((socket) => socket.end('here')).listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const asked = `await new Promise((done) => process.getBuiltinModule('net').connect(${port}, '${host}').on('data', (data) => done(String(data))))`;
    expect(await told(asked)).toBe('here');
    server.close();
  });

  test('that takes more memory than it may is ended and says so', async () => {
    const limits = { memory: 64 * 1024 ** 2, cpus: null, processes: null };
    const greedy = 'const all = []; setInterval(() => all.push(Buffer.alloc(16_000_000, 1)), 5);';
    const { failure } = await migrator.run(await migrationOf(greedy, { limits }), never);
    expect(failure).toBe('was ended for taking more than the 64 MiB of memory that it may have');
  });

  test('whose program is not in the image says so, and what to do', async () => {
    const ending = await migrator.run(await migrationOf('', { argv: ['npm', 'run', 'db:migrate'] }), never);
    expect(ending).toMatchObject({
      failure: expect.stringMatching(
        /^could not be started in the image kova-test\/node:24 \(exec npm failed: No such file/,
      ),
      next: expect.stringContaining('put `npm` into image.base'),
    });
  });

  test('that hangs is ended by its timeout, and by an abort', async () => {
    const hanging = 'setInterval(() => {}, 1000);';
    const late = migrator.run(await migrationOf(hanging, { timeoutMs: 1500 }), never);
    await expect(late).rejects.toMatchObject({ code: 'STEP_TIMEOUT' });
    const stop = new AbortController();
    const aborted = migrator.run(await migrationOf(hanging), stop.signal);
    await until(async () => (await containers()).some(({ State }) => State === 'running'));
    stop.abort(new Error('by ada'));
    await expect(aborted).rejects.toThrow('by ada');
    expect(await containers()).toEqual([]);
  });
});

describe('a migration of a control plane that died', () => {
  /** Leaves one running. */
  async function orphan(id: string): Promise<string> {
    const migration = await migrationOf('setInterval(() => {}, 1000);', { id });
    const argument = JSON.stringify({ host: testing.host, homeId, baseImage: nodeBase.name, migration });
    const control = spawn(process.execPath, [join(import.meta.dirname, 'testing/controller.ts'), argument], {
      stdio: 'inherit',
    });
    const found = await until(async () => (await containers()).find(({ State }) => State === 'running'));
    const gone = once(control, 'exit');
    control.kill('SIGKILL');
    await gone;
    expect((await containers()).map(({ Id }) => Id)).toContain(found.Id);
    return found.Id;
  }

  test('is ended before it runs again', async () => {
    await orphan('d-2');
    expect(await told("'again'", { id: 'd-2' })).toBe('again');
    expect(await containers()).toEqual([]);
  });

  test('is ended by the next control plane, which leaves its own and those of others alone', async () => {
    const left = await orphan('d-3');
    const [{ Labels = {} } = {}] = await containers();
    const forged = await testing.engine.createContainer({
      ...{ Image: nodeBase.name, Cmd: ['sleep', '600'], Labels, name: 'not-of-this-home' },
      HostConfig: { NetworkMode: 'none' },
    });
    await forged.start();
    await migrator.endLeftovers();
    const after = (await containers()).map(({ Id }) => Id);
    expect(after).toEqual([forged.id]);
    expect(after).not.toContain(left);
    await forged.remove({ force: true });
  });
});

describe('an engine', () => {
  test('that is away is told as such', async () => {
    await testing.daemon.stop();
    const failed = await migrator.run(await migrationOf(''), never).catch((error: unknown) => error);
    expect(hasCode(failed, 'ENGINE_UNAVAILABLE')).toBe(true);
    await testing.daemon.start();
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'that ends by %s in the midst of it fails it, and it can be run again',
    async (how) => {
      const hanging =
        "process.on('SIGTERM', () => process.exit(0)); console.log('begun'); setInterval(() => {}, 1000);";
      const running = migrator.run(await migrationOf(hanging), never).catch((error: unknown) => error);
      const { Id } = await until(async () => (await containers()).find(({ State }) => State === 'running'));
      await until(async () =>
        (await testing.engine.getContainer(Id).logs({ stdout: true })).toString().includes('begun'),
      );
      await testing.daemon.stop(how);
      const ended = await running;
      await testing.daemon.start();
      expect(ended).toSatisfy(
        (end) => hasCode(end, 'ENGINE_UNAVAILABLE') || (end as MigrationEnding).failure === 'was killed by SIGKILL',
      );
      expect(await told("'again'")).toBe('again');
      expect(await containers()).toEqual([]);
    },
  );
});
