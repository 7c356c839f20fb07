import { z } from 'zod';

const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const scpLike = /^([A-Za-z0-9._]+)@([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)([^\s]+)$/;

/**
 * The address of a repository as git shall be given it, or why it is refused. `git@host:path` becomes `ssh://`.
 * Plain http is for this machine alone: it would send the token in the clear. Whatever could make git run a program
 * (`ext::`), or hides a password in the address, is refused.
 */
export function readAddress(text: string): { url: string } | { refused: string } {
  const scp = scpLike.exec(text);
  const full = scp ? `ssh://${scp[1]}@${scp[2]}/${scp[3]}` : text;
  if (!URL.canParse(full)) return { refused: 'is not an address; write https://, ssh:// or file://' };
  const url = new URL(full);
  const refused = whyRefused(url);
  return refused === null ? { url: url.href } : { refused };
}

function whyRefused(url: URL): string | null {
  const { protocol, hostname, username, password, pathname, search, hash, host } = url;
  if (search || hash) return 'must have no ? and no #';
  if (/%0|%1|%7f|\\/i.test(pathname)) return 'has characters in its path that no path needs';
  if (protocol === 'file:') return host ? 'names a machine; write file:///path' : null;
  if (protocol === 'http:' && !loopback.has(hostname)) return 'would send the token in the clear; use https';
  if (!['http:', 'https:', 'ssh:'].includes(protocol)) return 'must be https://, ssh:// or file://';
  if (password || (protocol !== 'ssh:' && username))
    return 'has a user or a password in it; hand the token over with --token-file';
  return hostname === '[::1]' || hostName.test(hostname) ? null : 'names no machine';
}

/** The address of a repository, as git shall be given it. */
export const repositoryAddress = z
  .string()
  .max(500)
  .transform((text, ctx) => {
    const read = readAddress(text);
    if ('url' in read) return read.url;
    ctx.addIssue({ code: 'custom', message: read.refused });
    return z.NEVER;
  });

/** `owner/name` of the address, which a provider's API calls the repository by. */
export function repositoryPath(url: string): string {
  return decodeURIComponent(new URL(url).pathname).replace(/^\/+|\/+$|\.git\/?$/g, '');
}
