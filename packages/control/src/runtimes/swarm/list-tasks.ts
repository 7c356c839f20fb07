import type Docker from 'dockerode';
import { homeLabel } from '../../engine/labels.ts';
import { machineOf, type SwarmTask, taskOf } from './task.ts';

/** The tasks of all services with the mark of a home, the oldest first. */
export async function listTasks(engine: Docker, home: string): Promise<SwarmTask[]> {
  const filters = { label: [`${homeLabel}=${home}`] };
  const [nodes, tasks] = await Promise.all([engine.listNodes(), engine.listTasks({ filters })]);
  const machines = new Map(nodes.map(machineOf).map((machine) => [machine.id, machine]));
  const seen = tasks.map((task) => taskOf(task, machines));
  return seen.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}
