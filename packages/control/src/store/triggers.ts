import { createHash, randomBytes } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema, TriggerState } from './schema.ts';

/** Something happened to a ref of the repository, and Kova has promised to look. */
export type Trigger = Selectable<Schema['triggers']>;

export interface TriggerWish {
  project: string;
  source: 'webhook' | 'poll';
  kind: 'push' | 'pull-request';
  ref: string;
  branch: string;
  fork: boolean;
  commit: string;
  /** The provider's number of the message, by which it is known when it comes again. */
  delivery: string | null;
  /** Whether the provider is to be told what became of it. */
  told: boolean;
  /** What was said: the same words are the same message, whatever its number. */
  said: string | Buffer;
}

/** Records a trigger, or finds the one that it is: a message that comes again is new only when the first has failed. */
export async function acceptTrigger(db: Store, wish: TriggerWish): Promise<{ id: string; isNew: boolean }> {
  const { project, source, kind, ref, branch, fork, commit, told, said } = wish;
  const digest = createHash('sha256').update(said).digest('hex');
  const delivery = wish.delivery ?? digest;
  const id = `trg_${randomBytes(5).toString('hex')}`;
  const inserted = await db
    .insertInto('triggers')
    .values({ id, project, source, kind, ref, branch, fork, commit_sha: commit, delivery, digest, reported: !told })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { id, isNew: true };
  const known = await db
    .selectFrom('triggers')
    .select('id')
    .where('project', '=', project)
    .where((is) => is.or([is('delivery', '=', delivery), is('digest', '=', digest)]))
    .where('state', '!=', 'failed')
    .executeTakeFirstOrThrow();
  return { id: known.id, isNew: false };
}

export async function requireTrigger(db: Store | Transaction<Schema>, id: string): Promise<Trigger> {
  return db.selectFrom('triggers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export interface TriggerEnd {
  state: Exclude<TriggerState, 'accepted'>;
  reason: string;
  commit?: string;
  ship?: string;
  run?: string;
}

/** The end of a trigger is final. */
export async function endTrigger(db: Store | Transaction<Schema>, id: string, end: TriggerEnd): Promise<void> {
  const { commit, ...rest } = end;
  await db
    .updateTable('triggers')
    .set({ ...rest, ...(commit === undefined ? {} : { commit_sha: commit }), ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** The newest, with what they came to. */
export async function newestTriggers(db: Store, project: string, count: number): Promise<Trigger[]> {
  return db
    .selectFrom('triggers')
    .selectAll()
    .where('project', '=', project)
    .orderBy('position', 'desc')
    .limit(count)
    .execute();
}

/** A later one of the same ref that is not done with: it will look as well, and sees what this one would. */
export async function newerTrigger(db: Store, { project, ref, position }: Trigger): Promise<Trigger | null> {
  const row = await db
    .selectFrom('triggers')
    .selectAll()
    .where('project', '=', project)
    .where('ref', '=', ref)
    .where('position', '>', position)
    .where('state', 'in', ['accepted', 'started'])
    .orderBy('position', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

/** Whether one for that commit of the ref is not done with. */
export async function openTrigger(
  db: Store,
  { project, ref, commit }: { project: string; ref: string; commit: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('triggers')
    .select('id')
    .where('project', '=', project)
    .where('ref', '=', ref)
    .where('commit_sha', '=', commit)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes those that ended so many days ago. */
export async function forgetTriggers(db: Store, days: number): Promise<void> {
  await db
    .deleteFrom('triggers')
    .where('ended_at', '<', new Date(Date.now() - days * 86_400_000))
    .execute();
}
