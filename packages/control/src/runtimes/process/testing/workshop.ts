import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { reachableCopy } from '../../../home/reachable.ts';
import { appIdentity } from '../../../home/unprivileged.ts';
import type { SlotSpec } from '../../../ports/runtime.ts';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from '../process-runtime.ts';
import { markedBy } from '../system/processes.ts';
import { killLaunches, launchVariable } from '../system/terminate.ts';

/** A directory with all that process runtimes need in tests, which leaves no process behind. */
export interface Workshop {
  root: string;
  options: ProcessRuntimeOptions;
  /** Holds the fixture apps. */
  directory: string;
  env: Record<string, string>;
  open(overrides?: Partial<ProcessRuntimeOptions>): Promise<ProcessRuntime>;
  spec(app: string, overrides?: Partial<SlotSpec>): SlotSpec;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), 'kova-processes-'));
  await chmod(root, 0o711);
  const as = appIdentity();
  const node = await reachableCopy(process.execPath, join(root, 'toolchain'), as);
  const directory = join(root, 'release');
  await mkdir(directory, { mode: 0o755 });
  await cp(join(import.meta.dirname, '../../fixtures'), directory, { recursive: true });
  const options = { directory: join(root, 'state'), logs: join(root, 'logs'), as };
  const env = { PATH: `${dirname(node)}:/usr/bin:/bin` };
  const opened: ProcessRuntime[] = [];
  return {
    root,
    options,
    directory,
    env,
    open: async (overrides) => {
      const runtime = await createProcessRuntime({ ...options, ...overrides });
      opened.push(runtime);
      return runtime;
    },
    spec: (app, overrides = {}) => specOf(app, directory, { ...overrides, env: { ...env, ...overrides.env } }),
    close: async () => {
      for (const runtime of opened) runtime.close();
      const launches = new Set(markedIn(directory).values());
      await killLaunches((launch) => launches.has(launch));
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** The processes of a workshop's apps by number, with the launch they belong to. */
export function markedIn(directory: string): Map<number, string> {
  const here = markedBy('PWD_OF_TEST');
  return new Map([...markedBy(launchVariable)].filter(([pid]) => here.get(pid) === directory));
}

function specOf(app: string, directory: string, overrides: Partial<SlotSpec>): SlotSpec {
  return {
    slot: 'shop/production/blue',
    release: 'r-1',
    directory,
    start: ['node', `${app}.mjs`],
    instances: 1,
    health: { path: '/health', intervalMs: 100, timeoutMs: 1000 },
    stopTimeoutMs: 3000,
    maxLogBytes: 1_000_000,
    ...overrides,
    env: { PWD_OF_TEST: directory, ...overrides.env },
  };
}
