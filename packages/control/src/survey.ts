import { readLiveEdge } from '@kova/edge/edge-file';
import { controlIn } from './home/control-record.ts';
import { type Home, homeAt, homePath } from './home/home.ts';
import { runningContainers } from './runtimes/docker/survivors.ts';
import { containersOf, processesIn } from './runtimes/places.ts';
import { runningInstances } from './runtimes/process/survivors.ts';
import { runningServices } from './services/docker/survivors.ts';
import { runningClusters } from './services/postgres/running.ts';

/** Something of a home that runs, and its processes. */
export interface Survivor {
  kind: 'control plane' | 'edge' | 'instance' | 'service' | 'PostgreSQL';
  /** An address, the id of an instance, of a service in a container, the name of a cluster. */
  name: string;
  pids: number[];
}

/** What runs in the home that the environment names, whether or not its control plane does. */
export function surveyHome(env: NodeJS.ProcessEnv = process.env): Promise<Survivor[]> {
  return survey(homeAt(homePath(env)));
}

export async function survey(home: Home): Promise<Survivor[]> {
  const [control, edge, instances, containers, services, clusters] = await Promise.all([
    controlIn(home.root),
    readLiveEdge(home.edge),
    runningInstances(processesIn(home)),
    containersOf(home).then(runningContainers),
    runningServices(home),
    runningClusters(home),
  ]);
  return [
    ...(control
      ? [{ kind: 'control plane' as const, name: control.ready?.url ?? 'starting', pids: [control.pid] }]
      : []),
    ...(edge ? [{ kind: 'edge' as const, name: edge.listen.join(', '), pids: [edge.pid] }] : []),
    ...[...instances, ...containers].sort().map(([name, pids]) => ({ kind: 'instance' as const, name, pids })),
    ...services.map(({ name, pid }) => ({ kind: 'service' as const, name, pids: [pid] })),
    ...clusters.map(({ name, pid }) => ({ kind: 'PostgreSQL' as const, name, pids: [pid] })),
  ];
}
