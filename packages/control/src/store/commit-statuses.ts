import type { CommitStatus, CommitWork } from '@kova/core/repository/status';
import type { Store } from './connect.ts';

/** A trigger of which the provider is still to be told something. */
export interface Unreported extends CommitWork {
  id: string;
  project: string;
  commit: string;
  runId: string | null;
  shipId: string | null;
}

const someAtOnce = 50;

/** The triggers of which the last word has not been told, of projects with a token, oldest first. */
export async function unreportedTriggers(db: Store): Promise<Unreported[]> {
  const rows = await db
    .selectFrom('triggers')
    .innerJoin('repositories', 'repositories.project', 'triggers.project')
    .leftJoin('ships', 'ships.id', 'triggers.ship')
    .leftJoin('runs', (join) => join.on((on) => on('runs.id', '=', on.fn.coalesce('triggers.run', 'ships.run'))))
    .select(['triggers.id', 'triggers.project', 'triggers.commit_sha', 'triggers.state', 'triggers.reason'])
    .select(['ships.id as ship_id', 'ships.state as ship_state', 'ships.error', 'ships.release'])
    .select(['runs.id as run_id', 'runs.state as run_state', 'runs.reason as run_reason'])
    .where('triggers.reported', '=', false)
    .where('triggers.state', 'in', ['started', 'superseded', 'failed'])
    .where('repositories.token', 'is not', null)
    .where('repositories.provider', '!=', 'git')
    .orderBy('triggers.position')
    .limit(someAtOnce)
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, project: row.project, commit: row.commit_sha, runId: row.run_id, shipId: row.ship_id },
    trigger: { state: row.state, reason: row.reason },
    run: row.run_state && { state: row.run_state, reason: row.run_reason ?? '' },
    ship: row.ship_state && { state: row.ship_state, reason: row.error?.message ?? `${row.release} is live` },
  }));
}

export interface Telling {
  context: string;
  told: string | null;
  attempts: number;
  isDue: boolean;
  gaveUp: boolean;
}

export async function tellingsOf(db: Store, trigger: string): Promise<Telling[]> {
  const rows = await db.selectFrom('commit_statuses').selectAll().where('trigger', '=', trigger).execute();
  return rows.map(({ context, told, attempts, next_at, gave_up }) => ({
    ...{ context, told, attempts, gaveUp: gave_up },
    isDue: next_at.getTime() <= Date.now(),
  }));
}

/** How a status is remembered that was told. */
export function wordsOf({ state, description }: CommitStatus): string {
  return `${state}: ${description}`;
}

export async function noteTold(db: Store, trigger: string, status: CommitStatus): Promise<void> {
  const values = { told: wordsOf(status), attempts: 0, problem: null, next_at: new Date() };
  await save(db, trigger, status.context, values);
}

export async function noteRefused(
  db: Store,
  trigger: string,
  context: string,
  refusal: { attempts: number; problem: string; nextAt: Date; gaveUp: boolean },
): Promise<void> {
  const { attempts, problem, nextAt, gaveUp } = refusal;
  await save(db, trigger, context, { attempts, problem, next_at: nextAt, gave_up: gaveUp });
}

async function save(db: Store, trigger: string, context: string, values: object): Promise<void> {
  await db
    .insertInto('commit_statuses')
    .values({ trigger, context, ...values })
    .onConflict((on) => on.columns(['trigger', 'context']).doUpdateSet(values))
    .execute();
}

/** Nothing more is to be told of it. */
export async function closeReport(db: Store, trigger: string): Promise<void> {
  await db.updateTable('triggers').set({ reported: true }).where('id', '=', trigger).execute();
}
