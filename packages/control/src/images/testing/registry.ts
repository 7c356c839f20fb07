import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A real registry on loopback, where engines ask for no certificate. */
export interface TestRegistry {
  /** `127.0.0.1:41234`. */
  address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Digest of a tag, `sha256:…`, by the registry itself; null when it has none. */
  digestOf(name: string, tag: string): Promise<string | null>;
  /** Ends it and removes what it kept. */
  close(): Promise<void>;
}

/** Who may push to a registry that asks. */
export const pusher = { username: 'kova', password: 'correct horse battery' };
const htpasswd = 'kova:$2y$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.';

export interface RegistryOptions {
  /** Only `pusher` may do anything. */
  closed?: boolean;
  /** Where it keeps images; a directory of its own by default. */
  storage?: string;
}

/** Started. It needs Debian's `docker-registry`. */
export async function openRegistry({ closed = false, storage }: RegistryOptions = {}): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const passwords = join(directory, 'htpasswd');
  await writeFile(passwords, `${htpasswd}\n`);
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: storage ?? join(directory, 'images') } },
    http: { addr: address },
    ...(closed ? { auth: { htpasswd: { realm: 'kova', path: passwords } } } : {}),
  };
  const file = join(directory, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const headers = {
    accept: 'application/vnd.docker.distribution.manifest.v2+json',
    authorization: `Basic ${Buffer.from(`${pusher.username}:${pusher.password}`).toString('base64')}`,
  };
  let child: ChildProcess | null = null;
  const registry: TestRegistry = {
    address,
    async start() {
      child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
      await once(child, 'spawn');
      while (!(await answers(address))) await pause(20);
    },
    async stop() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    async digestOf(name, tag) {
      const { ok, headers: told } = await fetch(`http://${address}/v2/${name}/manifests/${tag}`, {
        method: 'HEAD',
        headers,
      });
      return ok ? told.get('docker-content-digest') : null;
    },
    async close() {
      await registry.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await registry.start();
  return registry;
}

/** A registry tells nobody that it is ready: it is asked until it answers. */
function answers(address: string): Promise<boolean> {
  return fetch(`http://${address}/v2/`).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
