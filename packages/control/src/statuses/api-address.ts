import { StatusRefused } from '../ports/commit-statuses.ts';

/** Where the API of the server of a repository is. @throws StatusRefused when the repository is on no server */
export function apiAddress(url: string, api: string | null, usual: (host: string) => string): string {
  if (api !== null) return api.replace(/\/+$/, '');
  const { protocol, hostname, host } = new URL(url);
  if (hostname === '')
    throw new StatusRefused('the repository is on no server; name its API with --api', { isFinal: true });
  return usual(protocol === 'ssh:' ? hostname : host);
}
