import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isThere } from '../../commands/is-there.ts';
import type { TokenAuthority } from './token-authority.ts';

/** A real registry in plain HTTP, which engines take on loopback alone unless they are told to. */
export interface TestRegistry {
  /** `127.0.0.1:41234`. */
  address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Digest of a tag, `sha256:…`, by the registry itself; null when it has none. */
  digestOf(name: string, tag: string): Promise<string | null>;
  /** Keeps what is in it outside the tree: the next one that is opened for the same content begins with it. */
  keep(): Promise<void>;
  /** Ends it and removes what it had. */
  close(): Promise<void>;
}

/** Who may push to a registry that asks. */
export const pusher = { username: 'kova', password: 'correct horse battery' };
const htpasswd = 'kova:$2y$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.';

export interface RegistryOptions {
  /** Only `pusher` may do anything. */
  closed?: boolean;
  /** Who gives tokens for it. */
  authority?: TokenAuthority;
  /** An address of this machine. */
  host?: string;
  /** Where it keeps images; a directory of its own by default. */
  storage?: string;
  /** Name of what it begins with, if that was kept. */
  content?: string;
}

/** Started. It needs Debian's `docker-registry`. */
export async function openRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const { closed = false, authority, host = '127.0.0.1', content = '' } = options;
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-registry-'));
  const storage = options.storage ?? join(directory, 'images');
  const kept = join(homedir(), '.cache', 'kova-tests', `registry-${content}`);
  if (content && (await isThere(kept))) await cp(kept, storage, { recursive: true });
  const address = `${host}:${await freePort(host)}`;
  const path = join(directory, 'htpasswd');
  await writeFile(path, `${htpasswd}\n`);
  const file = join(directory, 'config.json');
  const auth = { ...(closed && { htpasswd: { realm: 'kova', path } }), ...(authority && { token: authority.trust }) };
  await writeFile(file, JSON.stringify(configuration(storage, address, auth)));
  let child: ChildProcess | null = null;
  const registry: TestRegistry = {
    address,
    async start() {
      child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
      await once(child, 'spawn');
      while (!(await answers(address))) {
        if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
        await pause(20);
      }
    },
    async stop() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    digestOf: (name, tag) => digestOf(address, name, tag),
    async keep() {
      const partial = `${kept}.${process.pid}`;
      await cp(storage, partial, { recursive: true });
      await rename(partial, kept).catch(() => rm(partial, { recursive: true }));
    },
    async close() {
      await registry.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await registry.start();
  return registry;
}

/** JSON is YAML. */
function configuration(rootdirectory: string, addr: string, auth: object) {
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory } },
    http: { addr },
    ...(Object.keys(auth).length > 0 ? { auth } : {}),
  };
}

async function digestOf(address: string, name: string, tag: string): Promise<string | null> {
  const types = ['manifest.v2+json', 'manifest.list.v2+json'];
  const headers = {
    accept: types.map((type) => `application/vnd.docker.distribution.${type}`).join(', '),
    authorization: `Basic ${Buffer.from(`${pusher.username}:${pusher.password}`).toString('base64')}`,
  };
  const answer = await fetch(`http://${address}/v2/${name}/manifests/${tag}`, { method: 'HEAD', headers });
  return answer.ok ? answer.headers.get('docker-content-digest') : null;
}

/** A registry tells nobody that it is ready: it is asked until it answers. */
function answers(address: string): Promise<boolean> {
  return fetch(`http://${address}/v2/`).then(
    () => true,
    () => false,
  );
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
