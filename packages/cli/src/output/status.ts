import type { EnvironmentView, StatusView } from '@kova/control/api';
import { since } from './duration.ts';
import { edgeTable } from './edges.ts';
import { approvalHint } from './plain.ts';
import { jobMark } from './run.ts';
import { plain, renderTable } from './table.ts';
import { workerTable } from './workers.ts';

const headers = ['ENVIRONMENT', 'LIVE', 'COMMIT', 'SINCE', 'AT WORK', 'STANDBY', 'INSTANCES', 'URL'];

/** A table for each project, and below it what needs a sentence. */
export function statusText(status: StatusView, now = Date.now()): string {
  const { projects, workers, edges } = status;
  // The control plane alone is no news.
  const others = [
    ...(workers.length > 1 ? [workerTable(workers)] : []),
    ...(edges.length > 0 ? [edgeTable(status)] : []),
  ];
  if (projects.length === 0) return ['Nothing was shipped yet. Next: kova ship', ...others].join('\n\n');
  const tables = projects.map(({ name, environments }) => {
    const table = renderTable(
      headers,
      environments.map((environment) => row(environment, now)),
    );
    return [name, table, ...environments.flatMap((environment) => remarks(environment, now))].join('\n');
  });
  return [...tables, ...others].join('\n\n');
}

function row({ name, live, inFlight, queued, standby, instances, url }: EnvironmentView, now: number): string[] {
  const work = [
    ...(inFlight ? [`${inFlight.release} ${inFlight.phase} ${since(inFlight.createdAt, now)}`] : []),
    ...(queued.length > 0 ? [`${queued.length} queued`] : []),
  ];
  return [
    name,
    live?.release ?? '–',
    live?.commit.slice(0, 10) ?? '–',
    live?.liveAt ? since(live.liveAt, now) : '–',
    work.join(', ') || '–',
    standby?.release ?? '–',
    countStates(instances),
    url,
  ];
}

/** `2 ready, 1 starting` */
function countStates(instances: EnvironmentView['instances']): string {
  const counts = new Map<string, number>();
  for (const { state } of instances) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || '–';
}

function remarks(
  { name, live, inFlight, checks, instances, services, tls, held, configuration, drift }: EnvironmentView,
  now: number,
) {
  const work = inFlight ? [`${name}: ${inFlight.phase}: ${plain(inFlight.reason)}`] : [];
  const checked = (checks?.jobs ?? []).map((job) => `  ${jobMark(job.state)} ${job.name}  ${job.state}`);
  const hint = inFlight?.phase === 'awaiting-approval' ? [approvalHint(name)] : [];
  const given = configuration?.apply ? [`${name}: ${appliedBy(configuration, now)}`] : [];
  const degraded = live?.health === 'degraded' ? [`warning: ${name}: degraded: ${plain(live.reason)}`] : [];
  return [
    ...work,
    ...checked,
    ...hint,
    ...given,
    ...degraded,
    ...(tls?.problem ? [`warning: ${name}: certificate: ${plain(tls.problem)}`] : []),
    ...drift.map((each) => `${each.mendedAt ? '' : 'warning: '}${name}: ${driftText(each, now)}`),
    ...instances.flatMap(warning),
    ...services.map((service) => serviceLine(name, service)),
    ...held.map(({ commit, reason }) => `${name}: commit ${commit.slice(0, 10)} is held: ${plain(reason)}`),
  ];
}

const wellStates: ReadonlySet<string> = new Set(['healthy', 'running', 'starting']);

/** `production: postgres is healthy at 10.1.2.3:5432` */
function serviceLine(
  environment: string,
  { kind, state, address, reason }: EnvironmentView['services'][number],
): string {
  const words = `${environment}: ${kind} is ${state}${address ? ` at ${address}` : ''}${reason && `: ${plain(reason)}`}`;
  return wellStates.has(state) ? words : `warning: ${words}`;
}

type Configuration = NonNullable<EnvironmentView['configuration']>;

function appliedBy({ commit, by, at, apply }: Configuration, now: number): string {
  const when = at === null ? '' : ` ${since(at, now)} ago`;
  return `configuration of commit ${commit.slice(0, 10)}, applied by ${plain(by)}${when} (${apply})`;
}

function driftText({ found, mend, seenAt, mendedAt }: EnvironmentView['drift'][number], now: number): string {
  const state = mendedAt === null ? 'drift' : 'drift, mended';
  return `${state}, seen ${since(seenAt, now)} ago: ${plain(found)}; ${plain(mend)}`;
}

/** What is wrong with an instance, or was since its release came here. */
function warning({ id, state, restarts, reason }: EnvironmentView['instances'][number]): string[] {
  const ill = state === 'backing-off' || state === 'crash-looped';
  if (!ill && restarts === 0) return [];
  const ended = restarts > 0 ? ` (ended unasked ${restarts} ${restarts === 1 ? 'time' : 'times'})` : '';
  return [`warning: ${id}: ${state}${ended}: ${plain(reason)}`];
}
