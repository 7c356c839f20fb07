import type { Secret } from '@kova/core/secret';
import type { Seal } from '../home/seal.ts';
import type { Remote } from '../ports/builder.ts';
import type { Repository } from '../store/repositories.ts';

/** What a secret of a repository is sealed for. */
export function sealedFor(project: string, what: 'secret' | 'token'): string {
  return `repositories/${project}/${what}`;
}

export function tokenOf(seal: Seal, { project, token }: Repository): Secret | null {
  return token === null ? null : seal.open(token, sealedFor(project, 'token'));
}

export function remoteOf(seal: Seal, repository: Repository): Remote {
  return { url: repository.url, token: tokenOf(seal, repository) };
}
