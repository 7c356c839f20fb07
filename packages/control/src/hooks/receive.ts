import { randomBytes } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import { matchesBranch } from '@kova/core/repository/branch';
import { pullRequestRef } from '@kova/core/repository/provider';
import { Secret } from '@kova/core/secret';
import type { Context } from '../context.ts';
import { sealedFor } from '../repository/remote.ts';
import { findRepository, type Repository } from '../store/repositories.ts';
import { acceptTrigger, type TriggerWish } from '../store/triggers.ts';
import type { HookEvent, HookProvider, HookRequest } from './hook.ts';
import { hookProvider } from './providers/providers.ts';

/** What comes of a message. */
export interface Received {
  /** Null when it leads to nothing; why, in words that the provider shows. */
  trigger: string | null;
  isNew: boolean;
  said: string;
}

/** Whom an unknown project is compared with, so that it takes as long as a known one. */
const nobody = new Secret(randomBytes(32).toString('hex'));

/**
 * Takes a message of a provider: what it says is recorded when this returns, and nothing is read before its signature
 * holds. A message that was taken before is not taken again.
 * @throws KovaError UNAUTHORIZED, the same for a wrong signature, a project that there is not and one that is not connected
 */
export async function receiveHook(
  ctx: Context,
  providerName: string,
  project: string,
  request: HookRequest,
): Promise<Received> {
  const provider = hookProvider(providerName);
  const repository = provider && (await findRepository(ctx.db, project));
  const mine = repository?.provider === providerName ? repository : null;
  const secret = mine ? ctx.seal.open(mine.secret, sealedFor(project, 'secret')) : nobody;
  const holds = provider?.verify(request, secret, Date.now()) ?? false;
  if (!provider || !mine || !holds) throw unsigned();
  const event = provider.read(request);
  const wish = wishOf(mine, provider, request, event);
  if (typeof wish === 'string') return { trigger: null, isNew: false, said: wish };
  const { id, isNew } = await acceptTrigger(ctx.db, wish);
  return { trigger: id, isNew, said: isNew ? 'taken' : 'this message was taken before' };
}

/** What all are told that cannot show that a provider sent them. */
export function unsigned(): KovaError {
  return new KovaError('UNAUTHORIZED', 'the signature does not hold', {
    next: 'See that the webhook has the address and the secret that `kova repository connect` told.',
  });
}

/** What shall be done, or why nothing. */
function wishOf(
  { project, branches, proved, pullRequests, token }: Repository,
  { name, delivery, signsDelivery }: HookProvider,
  { headers, body }: HookRequest,
  event: HookEvent,
): TriggerWish | string {
  if (event.kind === 'ping') return 'Kova is here';
  if (event.kind === 'other') return event.why;
  const number = delivery(headers)?.slice(0, 200) ?? null;
  const said = signsDelivery && number !== null ? Buffer.concat([Buffer.from(`${number}\n`), body]) : body;
  const message = { project, source: 'webhook' as const, delivery: number, said, told: token !== null };
  const { commit } = event;
  if (event.kind === 'push') {
    const { branch } = event;
    if (!branches.includes(branch) && !matchesBranch(proved, branch))
      return `${branch} is not among the branches of ${project}`;
    return { ...message, kind: 'push', ref: `refs/heads/${branch}`, branch, commit, fork: false };
  }
  const { number: pullRequest, fork } = event;
  if (pullRequests === 'none') return `${project} does not prove pull requests`;
  if (fork && pullRequests === 'own') return `${project} does not prove pull requests from other repositories`;
  // No branch has a colon in its name.
  const branch = `pull-request:${pullRequest}`;
  return { ...message, kind: 'pull-request', ref: pullRequestRef(name, pullRequest), branch, commit, fork };
}
