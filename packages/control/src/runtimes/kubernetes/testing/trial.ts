import { onTestFinished } from 'vitest';
import type { SlotSpec } from '../../../ports/runtime.ts';
import type { ClosableRuntime } from '../../chosen-runtime.ts';
import { openWorkshop, type Workshop } from '../../process/testing/workshop.ts';
import { createKubernetesRuntime, type KubernetesRuntimeOptions } from '../kubernetes-runtime.ts';
import { openStandInCluster, type StandInCluster } from './stand-in-cluster.ts';

export const fixtureImage = `registry.example.com/fixtures@sha256:${'0'.repeat(64)}`;

export interface Trial {
  workshop: Workshop;
  cluster: StandInCluster;
  runtime: ClosableRuntime;
  open(options?: Partial<KubernetesRuntimeOptions>): ClosableRuntime;
  spec(app: string, overrides?: Partial<SlotSpec>): SlotSpec;
}

/** A cluster of its own for one test, and a runtime on it. */
export async function openTrial(): Promise<Trial> {
  const workshop = await openWorkshop();
  const cluster = await openStandInCluster({ directory: () => workshop.directory });
  const opened: ClosableRuntime[] = [];
  onTestFinished(async () => {
    for (const runtime of opened) runtime.close();
    await cluster.close();
    await workshop.close();
  });
  const { config } = cluster;
  const open = (options: Partial<KubernetesRuntimeOptions> = {}) => {
    const runtime = createKubernetesRuntime({ config, home: 'home-1', imageOf: () => fixtureImage, ...options });
    opened.push(runtime);
    return runtime;
  };
  const spec = (app: string, overrides: Partial<SlotSpec> = {}) =>
    workshop.spec(app, { ...overrides, env: { ...workshop.env, ...overrides.env } });
  return { workshop, cluster, runtime: open(), open, spec };
}
