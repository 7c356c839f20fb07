import type { Provider } from '@kova/core/repository/provider';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { PullRequests, Schema } from './schema.ts';

/** The repository that a project is connected to; its secrets are sealed. */
export interface Repository {
  project: string;
  url: string;
  provider: Provider;
  /** Of which a push is shipped. */
  branches: string[];
  /** Patterns of those of which a push is only proved. */
  proved: string[];
  pullRequests: PullRequests;
  pollMs: number | null;
  /** Why it could not be asked the last time. */
  pollProblem: string | null;
  pollFailures: number;
  /** The commit of each ref that was acted upon last. */
  heads: Record<string, string>;
  secret: string;
  token: string | null;
  /** The provider's API, where it is not at its usual place. */
  api: string | null;
  /** Where people can follow what the provider is told. */
  link: string | null;
}

export type RepositoryWish = Omit<Repository, 'pollProblem' | 'pollFailures'>;

/** Connects a project, or connects it anew: what was there before is replaced. */
export async function saveRepository(db: Store, wish: RepositoryWish): Promise<void> {
  const { project, url, provider, branches, proved, pullRequests, pollMs, heads, secret, token, api, link } = wish;
  const values = {
    ...{ url, provider, branches, proved, pull_requests: pullRequests, poll_ms: pollMs, secret, token, api, link },
    ...{ heads: JSON.stringify(heads), poll_problem: null, poll_failures: 0 },
    next_poll_at: pollMs === null ? null : new Date(Date.now() + pollMs),
  };
  await db
    .insertInto('repositories')
    .values({ project, ...values })
    .onConflict((on) => on.column('project').doUpdateSet(values))
    .execute();
}

export async function findRepository(db: Store, project: string): Promise<Repository | null> {
  const row = await db.selectFrom('repositories').selectAll().where('project', '=', project).executeTakeFirst();
  return row ? toRepository(row) : null;
}

export async function allRepositories(db: Store): Promise<Repository[]> {
  return (await db.selectFrom('repositories').selectAll().orderBy('project').execute()).map(toRepository);
}

/** Says whether there was one. */
export async function removeRepository(db: Store, project: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('repositories').where('project', '=', project).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Remembers the commit of a ref that was acted upon. */
export async function rememberHead(
  trx: Transaction<Schema>,
  project: string,
  ref: string,
  commit: string,
): Promise<void> {
  await trx
    .updateTable('repositories')
    .set({ heads: sql`heads || jsonb_build_object(${ref}::text, ${commit}::text)` })
    .where('project', '=', project)
    .execute();
}

/** The repositories that are to be asked now; each is put off until its next time, so that nobody else asks meanwhile. */
export async function takeDuePolls(db: Store): Promise<Repository[]> {
  const rows = await db
    .updateTable('repositories')
    .set({ next_poll_at: sql`now() + poll_ms * interval '1 millisecond'` })
    .where('poll_ms', 'is not', null)
    .where('next_poll_at', '<=', sql<Date>`now()`)
    .returningAll()
    .execute();
  return rows.map(toRepository);
}

/** What came of a poll; one that failed is tried again later and later, at most every ten minutes. */
export async function notePoll(db: Store, project: string, problem: string | null): Promise<void> {
  const failed = sql<Date>`now() + least(greatest(poll_ms, 600000), poll_ms * power(2, least(poll_failures, 10))) * interval '1 millisecond'`;
  await db
    .updateTable('repositories')
    .set(
      problem === null
        ? { poll_problem: null, poll_failures: 0 }
        : { poll_problem: problem, poll_failures: sql`poll_failures + 1`, next_poll_at: failed },
    )
    .where('project', '=', project)
    .execute();
}

function toRepository(row: Selectable<Schema['repositories']>): Repository {
  const { pull_requests: pullRequests, poll_ms: pollMs, poll_problem: pollProblem, poll_failures, ...rest } = row;
  const { project, url, provider, branches, proved, heads, secret, token, api, link } = rest;
  return {
    ...{ project, url, provider, branches, proved, pullRequests, pollMs, pollProblem, heads, secret, token, api, link },
    pollFailures: poll_failures,
  };
}
