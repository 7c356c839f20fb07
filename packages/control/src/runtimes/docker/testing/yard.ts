import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import type { SlotSpec } from '../../../ports/runtime.ts';
import { nodeBase, openTestEngine, type TestEngine } from '../../../testing/docker-engine.ts';
import { createDockerRuntime, type DockerRuntime, type DockerRuntimeOptions } from '../docker-runtime.ts';
import { instanceLabel } from '../identity.ts';

interface Found {
  id: string;
  instance: string;
  state: string;
}

/** An engine and a directory with all that Docker runtimes need in tests, which leaves nothing behind. */
export interface Yard {
  testing: TestEngine;
  options: DockerRuntimeOptions;
  /** Holds the fixture apps. */
  directory: string;
  open(overrides?: Partial<DockerRuntimeOptions>): Promise<DockerRuntime>;
  spec(app: string, overrides?: Partial<SlotSpec>): SlotSpec;
  /** All containers of the engine. */
  containers(): Promise<Found[]>;
  /** Removes what is written down of a slot. */
  forget(slot: string): Promise<void>;
  close(): Promise<void>;
}

export async function openYard(given?: TestEngine): Promise<Yard> {
  const testing = given ?? (await openTestEngine());
  const root = await mkdtemp(join(tmpdir(), 'kova-containers-'));
  await chmod(root, 0o711);
  const directory = join(root, 'release');
  await mkdir(directory, { mode: 0o755 });
  await cp(join(import.meta.dirname, '../../fixtures'), directory, { recursive: true });
  const { engine } = testing;
  const options: DockerRuntimeOptions = {
    ...{ engine, homeId: new Secret('home of the test'), baseImage: nodeBase.name },
    ...{ directory: join(root, 'state'), logs: join(root, 'logs'), asOf: () => ({ uid: 70_123, gid: 70_123 }) },
  };
  const opened: DockerRuntime[] = [];
  return {
    testing,
    options,
    directory,
    open: async (overrides) => {
      const runtime = await createDockerRuntime({ ...options, ...overrides });
      opened.push(runtime);
      return runtime;
    },
    spec: (app, overrides = {}) => specOf(app, directory, overrides),
    containers: async () => (await engine.listContainers({ all: true })).map(foundOf),
    forget: (slot) => rm(join(options.directory, encodeURIComponent(slot)), { recursive: true }),
    close: async () => {
      for (const runtime of opened) runtime.close();
      await testing.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function foundOf({ Id, Labels, State }: Docker.ContainerInfo): Found {
  return { id: Id, instance: Labels[instanceLabel] ?? '', state: State };
}

function specOf(app: string, directory: string, overrides: Partial<SlotSpec>): SlotSpec {
  return {
    slot: 'shop/production/blue',
    release: 'r-1',
    runtime: 'docker',
    directory,
    start: ['node', `${app}.mjs`],
    env: {},
    instances: 1,
    health: { path: '/health', intervalMs: 100, timeoutMs: 5000 },
    stopTimeoutMs: 3000,
    maxLogBytes: 1_000_000,
    ...overrides,
  };
}
