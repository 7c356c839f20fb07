import { randomBytes } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import { matchesBranch } from '@kova/core/repository/branch';
import type { Provider } from '@kova/core/repository/provider';
import { Secret } from '@kova/core/secret';
import type { Context } from '../context.ts';
import type { RemoteHeads } from '../ports/builder.ts';
import { ensureProject } from '../store/releases.ts';
import { saveRepository } from '../store/repositories.ts';
import type { PullRequests } from '../store/schema.ts';
import { sealedFor } from './remote.ts';

export interface ConnectWish {
  project: string;
  url: string;
  provider: Provider;
  /** Null for the default branch of the repository. */
  branches: string[] | null;
  proved: string[];
  pullRequests: PullRequests;
  pollMs: number | null;
  /** Null to make one. */
  secret: string | null;
  token: string | null;
  api: string | null;
  link: string | null;
}

/**
 * Connects a project to its repository, which is asked for its branches to see that it can be. What they have now is
 * known from then on; the next push is the first that leads to something.
 * @returns the secret of the webhook when it was made here: it is never told again
 * @throws KovaError REMOTE_UNREACHABLE, INPUT_INVALID
 */
export async function connectRepository(ctx: Context, wish: ConnectWish): Promise<Secret | null> {
  const { project, provider, proved, ...rest } = wish;
  const token = wish.token === null ? null : new Secret(wish.token);
  const remote = await ctx.commits.heads({ url: wish.url, token });
  const branches = wish.branches ?? defaultBranch(wish.url, remote);
  const made = wish.secret === null && provider !== 'git' ? newSecret() : null;
  const secret = made ?? new Secret(wish.secret ?? '');
  const watched = [...branches, ...proved];
  const heads = Object.entries(remote.branches).filter(([branch]) => matchesBranch(watched, branch));
  await ensureProject(ctx.db, project);
  await saveRepository(ctx.db, {
    ...rest,
    ...{ project, provider, branches, proved },
    heads: Object.fromEntries(heads.map(([branch, commit]) => [`refs/heads/${branch}`, commit])),
    secret: ctx.seal.seal(secret, sealedFor(project, 'secret')),
    token: token && ctx.seal.seal(token, sealedFor(project, 'token')),
  });
  return made;
}

function defaultBranch(url: string, remote: RemoteHeads): string[] {
  if (remote.default !== null) return [remote.default];
  throw new KovaError('INPUT_INVALID', `${url} does not say which its default branch is`, {
    next: 'Name the branch that shall be shipped with --branch.',
  });
}

/** In the form that GitLab wants of a signing token; for the others it is a text as good as any. */
function newSecret(): Secret {
  return new Secret(`whsec_${randomBytes(32).toString('base64')}`);
}
