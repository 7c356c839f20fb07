import { providers } from '@kova/core/repository/provider';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Repository } from '../store/repositories.ts';
import { pullRequestChoices, triggerStates } from '../store/schema.ts';
import { newestTriggers } from '../store/triggers.ts';

const moment = z.iso.datetime();
const shownTriggers = 20;

const triggerView = z
  .object({
    id: z.string(),
    source: z.enum(['webhook', 'poll']),
    kind: z.enum(['push', 'pull-request']),
    branch: z.string(),
    commit: z.string(),
    state: z.enum(triggerStates),
    reason: z.string(),
    ship: z.string().nullable(),
    run: z.string().nullable(),
    createdAt: moment,
    statuses: z
      .array(z.object({ context: z.string(), told: z.string().nullable(), problem: z.string().nullable() }))
      .describe('what the provider was told of the commit, and why it was not'),
  })
  .meta({ id: 'Trigger' });

export const repositoryView = z
  .object({
    project: z.string(),
    url: z.string(),
    provider: z.enum(providers),
    branches: z.array(z.string()).describe('of which a push is shipped'),
    proved: z.array(z.string()).describe('patterns of those of which a push is proved and nothing more'),
    pullRequests: z.enum(pullRequestChoices),
    pollMs: z.number().nullable(),
    pollProblem: z.string().nullable().describe('why it could not be asked the last time'),
    hook: z.string().nullable().describe('the path of the webhook'),
    hasToken: z.boolean(),
    api: z.string().nullable(),
    link: z.string().nullable(),
    triggers: z.array(triggerView).describe('newest first'),
  })
  .meta({ id: 'Repository' });

export type RepositoryView = z.infer<typeof repositoryView>;

export async function viewOfRepository(ctx: Context, repository: Repository): Promise<RepositoryView> {
  const { project, url, provider, branches, proved, pullRequests, pollMs, pollProblem, api, link } = repository;
  const rows = await newestTriggers(ctx.db, project, shownTriggers);
  const told = await statusesOf(
    ctx,
    rows.map(({ id }) => id),
  );
  return {
    ...{ project, url, provider, branches, proved, pullRequests, pollMs, pollProblem, api, link },
    hook: provider === 'git' ? null : `/hooks/${provider}/${project}`,
    hasToken: repository.token !== null,
    triggers: rows.map(({ id, source, kind, branch, commit_sha: commit, state, reason, ship, run, created_at }) => ({
      ...{ id, source, kind, branch, commit, state, reason, ship, run },
      createdAt: created_at.toISOString(),
      statuses: told.filter((status) => status.trigger === id).map(({ trigger, ...status }) => status),
    })),
  };
}

async function statusesOf(ctx: Context, triggers: string[]) {
  if (triggers.length === 0) return [];
  return ctx.db
    .selectFrom('commit_statuses')
    .select(['trigger', 'context', 'told', 'problem'])
    .where('trigger', 'in', triggers)
    .orderBy('context')
    .execute();
}
