import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { pusher } from '../../../images/testing/registry.ts';
import type { SlotSpec } from '../../../ports/runtime.ts';
import { openTestSwarm, type TestSwarm } from '../../../testing/swarm.ts';
import { createSwarmRuntime, type SwarmRuntime, type SwarmRuntimeOptions } from '../swarm-runtime.ts';

/** A swarm and a directory with all that Swarm runtimes need in tests, which leaves nothing behind. */
export interface Pier {
  swarm: TestSwarm;
  options: SwarmRuntimeOptions;
  /** Holds the fixture apps. */
  directory: string;
  open(overrides?: Partial<SwarmRuntimeOptions>): Promise<SwarmRuntime>;
  spec(app: string, overrides?: Partial<SlotSpec>): SlotSpec;
  /** How many tasks of the slot run on machines that are up. */
  leftovers(slot: string): Promise<number>;
  close(): Promise<void>;
}

export async function openPier(machines: number): Promise<Pier> {
  const swarm = await openTestSwarm(machines);
  const root = await mkdtemp(join(tmpdir(), 'kova-tasks-'));
  await chmod(root, 0o711);
  const directory = join(root, 'release');
  await mkdir(directory, { mode: 0o755 });
  await cp(join(import.meta.dirname, '../../fixtures'), directory, { recursive: true });
  const [{ engine }] = swarm.nodes;
  const options: SwarmRuntimeOptions = {
    ...{ engine, homeId: new Secret('home of the test'), baseImage: swarm.images[0] ?? '' },
    ...{ directory: join(root, 'state'), logs: join(root, 'logs'), asOf: () => ({ uid: 70_123, gid: 70_123 }) },
    credentialsOf: async () => pusher,
  };
  const opened: SwarmRuntime[] = [];
  return {
    swarm,
    options,
    directory,
    open: async (overrides) => {
      const runtime = await createSwarmRuntime({ ...options, ...overrides });
      opened.push(runtime);
      return runtime;
    },
    spec: (app, overrides = {}) => specOf(app, directory, overrides),
    leftovers: async (slot) => {
      const services = await engine.listServices();
      const own = services.filter(({ Spec }) => Spec?.Name?.includes(slot.replaceAll('/', '-')));
      return own.length;
    },
    close: async () => {
      for (const runtime of opened) runtime.close();
      await swarm.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function specOf(app: string, directory: string, overrides: Partial<SlotSpec>): SlotSpec {
  return {
    slot: 'shop/production/blue',
    release: 'r-1',
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
