import type { Deed } from '@kova/core/plan/plan';
import type { Context } from '../context.ts';
import { computePlan, type PlannedEnvironment, type PlanWish, type ProjectPlan } from '../plan/compute.ts';
import { refuseUnlessSame } from '../plan/refuse.ts';
import { type ApplyRow, createApply, requireApply } from '../store/applies.ts';
import { crashPoint } from '../workflows/steps/crash-point.ts';
import type { Actor } from './act.ts';
import type { ApplyView, PlanView } from './plan-views.ts';

const nothingToDo: ReadonlySet<Deed> = new Set<Deed>(['none', 'keep']);

/** Records the apply of a plan as it was shown. @throws KovaError PLAN_STALE, PLAN_BLOCKED, CONFLICT */
export async function beginApply(
  { ctx, workflows }: Actor,
  wish: PlanWish,
  digest: string,
  requestedBy: string,
  signal: AbortSignal,
): Promise<string> {
  const plan = await computePlan(ctx, wish, signal);
  refuseUnlessSame(plan, digest);
  const { project, commit, committedAt } = plan;
  const id = await createApply(ctx.db, { project, commit, committedAt, digest, only: wish.only, requestedBy });
  crashPoint('apply:recorded');
  await workflows.apply(id);
  return id;
}

export async function readApply({ db }: Pick<Context, 'db'>, id: string): Promise<ApplyView> {
  return applyViewOf(await requireApply(db, id));
}

/** The newest of a project. */
export async function listApplies({ db }: Pick<Context, 'db'>, project: string): Promise<ApplyView[]> {
  const rows = await db
    .selectFrom('applies')
    .selectAll()
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
  return rows.map(applyViewOf);
}

function applyViewOf(row: ApplyRow): ApplyView {
  const { id, project, commit_sha: commit, digest, requested_by: requestedBy, state, outcomes, error } = row;
  const times = { createdAt: row.created_at.toISOString(), endedAt: row.ended_at?.toISOString() ?? null };
  return { ...{ id, project, commit, digest, requestedBy, state, outcomes, error }, ...times };
}

export function planViewOf({ project, commit, digest, environments }: ProjectPlan): PlanView {
  const pending = environments.some(({ deed }) => !nothingToDo.has(deed));
  return { project, commit, digest, pending, environments: environments.map(environmentOf) };
}

/** Without the configuration itself, in which secrets may be. */
function environmentOf({ environment: name, live, config: _, ...plan }: PlannedEnvironment) {
  return { name, ...plan, release: live?.release ?? null, configCommit: live && (live.configCommit ?? live.commit) };
}
