import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A registry which the machines of a test pull from; images are in it until it is closed. */
export interface TestRegistry {
  /** `10.70.3.254:41234` */
  address: string;
  /** Keeps what is in it outside the tree: the next one that is opened for the same content begins with it. */
  keep(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

const port = 5000;

/**
 * Debian's `docker-registry` on an address of this machine, started; it keeps images in a directory of its own.
 * `content` is what it begins with, if that was kept.
 */
export async function openRegistry(host: string, content: string): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-registry-'));
  const kept = join(homedir(), '.cache', 'kova-tests', `registry-${content}`);
  const images = join(directory, 'images');
  if (await isThere(kept)) await cp(kept, images, { recursive: true });
  const address = `${host}:${port}`;
  const config = join(directory, 'config.yml');
  await writeFile(config, JSON.stringify(configuration(images, address)));
  let child: ReturnType<typeof spawn> | null = null;
  const registry: TestRegistry = {
    address,
    async keep() {
      const partial = `${kept}.${process.pid}`;
      await cp(images, partial, { recursive: true });
      await rename(partial, kept).catch(() => rm(partial, { recursive: true }));
    },
    async start() {
      child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
      await once(child, 'spawn');
      while (!(await answers(address))) {
        if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
        await pause(50);
      }
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill();
      await gone;
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
function configuration(rootdirectory: string, addr: string) {
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory } },
    http: { addr },
  };
}

function answers(address: string): Promise<boolean> {
  return fetch(`http://${address}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
