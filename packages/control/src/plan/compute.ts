import { createHmac, hkdfSync } from 'node:crypto';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { Deployment } from '@kova/core/deployment/deployment';
import { hostsOf } from '@kova/core/environment/hosts';
import { KovaError } from '@kova/core/errors/kova-error';
import { canonical } from '@kova/core/plan/canonical';
import { type EnvironmentPlan, planEnvironment } from '@kova/core/plan/plan';
import type { Context } from '../context.ts';
import { configurationOf } from '../store/configuration.ts';
import { environmentNames, readEnvironment } from '../store/environments.ts';
import { heldCommits } from '../store/holds.ts';
import { findRelease } from '../store/releases.ts';
import { requireDeployment } from '../workflows/plan.ts';
import { type Finding, findDrift } from './drift.ts';

/** What the configuration of a commit would change in an environment, and what it was compared with. */
export interface PlannedEnvironment extends EnvironmentPlan {
  live: Deployment | null;
  /** A deployment that has not ended yet; nothing is applied meanwhile. */
  atWork: string | null;
  drift: Finding[];
}

export interface ProjectPlan {
  project: string;
  commit: string;
  committedAt: Date;
  /** Of all that was compared: the same as long as neither the configuration nor what runs has changed. */
  digest: string;
  /** In the order of promotion. */
  environments: PlannedEnvironment[];
}

export interface PlanWish {
  project: string;
  commit: string;
  /** The environments to plan for; null for all. */
  only: readonly string[] | null;
}

/**
 * Compares the configuration of a commit with what is in force and what runs. Changes nothing.
 * @throws KovaError COMMIT_NOT_FOUND, CONFIG_INVALID, NOT_FOUND for an environment that there is not
 */
export async function computePlan(ctx: Context, wish: PlanWish, signal: AbortSignal): Promise<ProjectPlan> {
  const { project, commit, only } = wish;
  if (!(await ctx.commits.has(project, commit)))
    throw new KovaError('COMMIT_NOT_FOUND', `${project} has no commit ${commit}`);
  const { committedAt } = await ctx.commits.info(project, commit);
  const config = await ctx.jobs.configure(project, commit, signal);
  if (config.name !== project)
    throw new KovaError('CONFIG_INVALID', `kova.config.ts names the project ${config.name}, not ${project}`);
  const there = await environmentNames(ctx.db, project);
  const names = [...new Set([...Object.keys(config.environments), ...there])];
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown) throw new KovaError('NOT_FOUND', `there is no environment ${unknown} of ${project}`);
  const wanted = only ? names.filter((name) => only.includes(name)) : names;
  const environments: PlannedEnvironment[] = [];
  for (const name of wanted) {
    environments.push(there.includes(name) ? await planFor(ctx, wish, config, name) : created(name));
  }
  return { project, commit, committedAt, digest: digestOf(ctx, wish, environments), environments };
}

function created(environment: string): PlannedEnvironment {
  const reason = 'a new environment, which a release comes to with `kova promote` or `kova ship`';
  const nothing = { changes: [], later: [], config: null, live: null, atWork: null, drift: [] };
  return { environment, deed: 'create', reason, ...nothing };
}

async function planFor(
  ctx: Context,
  { project, commit }: PlanWish,
  config: ProjectConfig,
  name: string,
): Promise<PlannedEnvironment> {
  const { liveDeployment } = await readEnvironment(ctx.db, project, name);
  const atWork = await deploymentAtWork(ctx, project, name);
  if (!liveDeployment) return { ...planEnvironment(name, config, null), live: null, atWork, drift: [] };
  const live = await requireDeployment(ctx.db, liveDeployment);
  const drift = atWork ? [] : await findDrift(ctx, live.id);
  const built = await findRelease(ctx.db, live.release);
  if (!built) throw new KovaError('NOT_FOUND', `there is no release ${live.release}`);
  const given = await configurationOf(ctx.db, live.id);
  const plan = planEnvironment(name, config, {
    release: built.id,
    ofRelease: built.config,
    config: given?.config ?? built.config,
    drifted: drift.find(({ subject }) => subject === 'slot')?.found ?? null,
  });
  const objection = await objectionTo(ctx, project, commit, plan);
  return { ...plan, ...(objection !== null && { deed: 'blocked', reason: objection }), live, atWork, drift };
}

/** What stands in the way of a plan as things are; null when nothing does. */
async function objectionTo(ctx: Context, project: string, commit: string, plan: EnvironmentPlan) {
  const { environment, deed, config } = plan;
  if (!config) return null;
  const held = deed === 'deployment' && (await heldCommits(ctx.db, project, environment)).get(commit);
  if (held) return `commit ${commit.slice(0, 10)} is held: ${held}`;
  const hosts = hostsOf(config, environment);
  const others = await ctx.db.selectFrom('environments').select('route').where('route', 'is not', null).execute();
  for (const { route } of others) {
    const taken = route?.id !== `${project}/${environment}` && route?.hosts.find((host) => hosts.includes(host));
    if (taken) return `the host ${taken} leads to ${route?.id}, which must give it up first`;
  }
  return null;
}

/** The deployment that is on its way in an environment, or waits for its turn. */
async function deploymentAtWork({ db }: Context, project: string, environment: string): Promise<string | null> {
  const row = await db
    .selectFrom('deployments')
    .select('id')
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .orderBy('created_at')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Keyed, since it speaks of values that may be secret. */
function digestOf({ idleToken }: Context, { project, commit }: PlanWish, environments: PlannedEnvironment[]): string {
  const key = Buffer.from(hkdfSync('sha256', idleToken.reveal(), '', 'kova plan digest', 32));
  const compared = environments.map(({ environment, deed, changes, config, live, atWork }) => {
    return { environment, deed, changes, config, live: live && [live.id, live.configCommit], atWork };
  });
  return createHmac('sha256', key).update(canonical({ project, commit, compared })).digest('hex').slice(0, 32);
}
