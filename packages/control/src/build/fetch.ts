import { randomUUID } from 'node:crypto';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { explainDiskFull } from '../artefacts/disk-full.ts';
import type { CommitInfo, Remote, RemoteHeads } from '../ports/builder.ts';
import { commitInfo, type GitOptions, git, refOf } from './git.ts';

const refName = /^refs\/(?:heads\/[^\s~^:?*[\\]+|pull\/\d+\/head|merge-requests\/\d+\/head)$/;
const headsLimitMs = 60_000;
const noSuchRef = /couldn't find remote ref/;

/**
 * Takes in the commit that a ref of the remote has now, with its history.
 * @throws KovaError REMOTE_UNREACHABLE with git's words, COMMIT_NOT_FOUND, DISK_FULL
 */
export async function fetchRef(
  repository: string,
  remote: Remote,
  ref: string,
  signal?: AbortSignal,
): Promise<CommitInfo> {
  if (!refName.test(ref)) throw new KovaError('INPUT_INVALID', `"${ref}" is no branch and no pull request`);
  const incoming = `refs/incoming/${randomUUID()}`;
  const options = { ...optionsFor(remote), ...(signal ? { signal } : {}) };
  try {
    const fetch = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--end-of-options',
    ];
    await git(repository, [...fetch, remote.url, `+${ref}:${incoming}`], options).catch(explain(remote, ref));
    const [commit = ''] = await git(repository, ['rev-parse', '--verify', '--quiet', `${incoming}^{commit}`]);
    await git(repository, ['update-ref', refOf(commit), commit]);
    return await commitInfo(repository, commit);
  } catch (error) {
    throw explainDiskFull(error, 'fetching a commit', repository);
  } finally {
    await git(repository, ['update-ref', '-d', incoming]).catch(() => undefined);
  }
}

/** @throws KovaError REMOTE_UNREACHABLE with git's words */
export async function remoteHeads(directory: string, remote: Remote, signal?: AbortSignal): Promise<RemoteHeads> {
  const limit = AbortSignal.timeout(headsLimitMs);
  const list = ['ls-remote', '--quiet', '--symref', '--end-of-options', remote.url, 'HEAD', 'refs/heads/*'];
  const options = { ...optionsFor(remote), signal: signal ? AbortSignal.any([signal, limit]) : limit };
  const lines = await git(directory, list, options).catch(explain(remote, 'HEAD'));
  const heads: RemoteHeads = { branches: {}, default: null };
  for (const line of lines) {
    const [value = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && value.startsWith('ref: refs/heads/')) heads.default = value.slice('ref: refs/heads/'.length);
    if (name.startsWith('refs/heads/')) heads.branches[name.slice('refs/heads/'.length)] = value;
  }
  return heads;
}

/**
 * The token goes into the environment of git, where only this user can read it, and to this one server: git is told not
 * to follow a redirect.
 */
function optionsFor({ url, token }: Remote): GitOptions {
  const settings = ['https', 'http', 'ssh'].map((protocol) => `protocol.${protocol}.allow=always`);
  const env: Record<string, string | Secret> = { ...passedOn(), GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' };
  if (token && url.startsWith('http')) {
    const basic = Buffer.from(`oauth2:${token.reveal()}`).toString('base64');
    env.GIT_CONFIG_COUNT = '1';
    env.GIT_CONFIG_KEY_0 = `http.${new URL(url).origin}/.extraHeader`;
    env.GIT_CONFIG_VALUE_0 = new Secret(`Authorization: Basic ${basic}`);
  }
  return { settings: [...settings, 'http.followRedirects=false', 'http.lowSpeedLimit=1', 'http.lowSpeedTime=60'], env };
}

/** How this machine reaches others: proxies, its certificates, the keys of ssh. */
function passedOn(): Record<string, string> {
  const names = /^(?:https?_proxy|no_proxy|all_proxy|SSL_CERT_(?:FILE|DIR)|GIT_SSL_CAINFO|HOME|SSH_AUTH_SOCK)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value && names.test(key) ? [[key, value]] : [])),
  );
}

function explain({ url, token }: Remote, ref: string): (cause: Error) => never {
  return (cause) => {
    if (noSuchRef.test(cause.message)) {
      throw new KovaError('COMMIT_NOT_FOUND', `${url} has no ${ref}`, {
        cause,
        next: 'It was deleted meanwhile; nothing to do.',
      });
    }
    if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
    const withToken = url.startsWith('http') && token === null ? ', without a token' : '';
    throw new KovaError('REMOTE_UNREACHABLE', `${url} could not be read${withToken}: ${cause.message}`, { cause });
  };
}
