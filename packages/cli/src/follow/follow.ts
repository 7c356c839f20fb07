import type { ApplyView, DeploymentView, RunView, ShipView } from '@kova/control/api';
import type { ErrorCode } from '@kova/core/errors/codes';
import { type ErrorReport, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';
import type { Cli, Result } from '../cli.ts';
import { progressFor } from '../output/progress.ts';
import { summary } from '../output/run.ts';
import { story } from './story.ts';

const interrupted = 130;

/** Whether a deployment came to what was asked for. */
export type Accept = (deployment: DeploymentView) => boolean;

/** It is live, or was until another took its place. */
export const becameLive: Accept = ({ phase }) => phase === 'live' || phase === 'retired';

/** Shows what happens to a ship, apply or deployment until it ends. Ctrl-C ends the showing alone. */
export async function follow(cli: Cli, client: Client, id: string, accept: Accept = becameLive): Promise<Result> {
  const leave = new AbortController();
  const onInterrupt = () => leave.abort();
  process.once('SIGINT', onInterrupt);
  const progress = progressFor(cli);
  let end: ApplyView | ShipView | DeploymentView | RunView | null = null;
  try {
    for await (const event of story(client, eventsPath(id), leave.signal)) {
      progress.show(event);
      if (event.type === 'apply') end = event.apply;
      if (event.type === 'ship') end = event.ship;
      if (event.type === 'deployment') end = event.deployment;
      if (event.type === 'run') end = event.run;
    }
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
  }
  if (!end) return { ...detached(id), exitCode: interrupted };
  if ('outcomes' in end) return applyResult(end);
  if ('jobs' in end) return runResult(end);
  return 'state' in end ? shipResult(end) : deploymentResult(end, accept);
}

/** What is said when work goes on that nobody watches. */
export function detached(id: string): Result {
  const view = { [kindOf(id)]: id };
  return { view, text: `The work goes on. See it again with: kova attach ${id}` };
}

function eventsPath(id: string): string {
  const kind = kindOf(id);
  return `/v1/${kind === 'apply' ? 'applies' : `${kind}s`}/${encodeURIComponent(id)}/events`;
}

function kindOf(id: string): 'apply' | 'deployment' | 'run' | 'ship' {
  if (id.startsWith('apply_')) return 'apply';
  if (id.startsWith('dep_')) return 'deployment';
  return id.startsWith('run_') ? 'run' : 'ship';
}

const endCodes: Partial<Record<RunView['state'], ErrorCode>> = { cancelled: 'CANCELLED', superseded: 'SUPERSEDED' };

function runResult(run: RunView): Result {
  const text = summary(run).join('\n').trim();
  if (run.state === 'passed' || run.state === 'inconclusive') return { view: run, text };
  const failed = run.jobs.find(({ state }) => state === 'failed');
  const what = failed ? `${failed.name}: ${failed.reason}` : run.reason;
  const code = endCodes[run.state] ?? 'PIPELINE_FAILED';
  const next = failed ? `See all of it with \`kova pipeline show ${run.id} --job ${failed.name} --log\`.` : undefined;
  return { view: run, text, error: reportOf(new KovaError(code, what, next ? { next } : {})) };
}

function applyResult(apply: ApplyView): Result {
  const { id, state, error, outcomes, commit } = apply;
  if (state !== 'done') {
    const known = error ?? reportOf(new KovaError('INTERNAL', `${id} failed and does not say why`));
    return { view: apply, text: '', error: known as ErrorReport };
  }
  const where = outcomes.map(({ environment }) => environment).join(', ');
  return {
    view: apply,
    text: `Done: the configuration of commit ${commit.slice(0, 10)} is in force in ${where}. (${id})`,
  };
}

function shipResult(ship: ShipView): Result {
  if (ship.state === 'failed' || ship.state === 'superseded') {
    const error = ship.error ?? reportOf(new KovaError('INTERNAL', `${ship.id} failed and does not say why`));
    return { view: ship, text: '', error: error as ErrorReport };
  }
  const where = ship.deployments.filter(becameLive).map(({ environment }) => environment);
  const text = where.length > 0 ? `is live in ${where.join(', ')}` : 'was live everywhere already';
  return { view: ship, text: `Done: ${ship.release} (commit ${ship.commit.slice(0, 10)}) ${text}.` };
}

function deploymentResult(deployment: DeploymentView, accept: Accept): Result {
  const { id, release, environment, phase, reason, code: known } = deployment;
  if (!accept(deployment)) {
    const code = known ?? (phase === 'cancelled' || phase === 'superseded' ? 'CANCELLED' : 'ANALYSIS_BREACH');
    const what = `${release} did not become live in ${environment}: ${phase}: ${reason}`;
    return { view: deployment, text: '', error: reportOf(new KovaError(code, what)) };
  }
  const text =
    phase === 'rolled-back' ? `${environment} is back on the release before.` : `${release} is live in ${environment}.`;
  return { view: deployment, text: `Done: ${text} (${id})` };
}
