import { readFileSync } from 'node:fs';
import { KovaError } from '@kova/core/errors/kova-error';

/** The numeric ids that a process is started with; null where Kova is not root and has no choice. */
export interface Identity {
  uid: number;
  gid: number;
  name: string;
}

/**
 * The user that apps and builds run as when Kova is root: KOVA_APP_USER, default `nobody`.
 * Postgres refuses to run as root and gets one of its own, so that apps cannot touch its files.
 */
export function appIdentity(env: NodeJS.ProcessEnv = process.env): Identity | null {
  return isRoot() ? lookUp('KOVA_APP_USER', [env.KOVA_APP_USER ?? 'nobody']) : null;
}

/** KOVA_POSTGRES_USER, else `postgres` where there is one, else `daemon`. */
export function postgresIdentity(env: NodeJS.ProcessEnv = process.env): Identity | null {
  if (!isRoot()) return null;
  return lookUp('KOVA_POSTGRES_USER', env.KOVA_POSTGRES_USER ? [env.KOVA_POSTGRES_USER] : ['postgres', 'daemon']);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function lookUp(setting: string, names: readonly string[]): Identity {
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of names) {
    const row = rows.find((fields) => fields[0] === name);
    if (row) return { name, uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new KovaError('INPUT_INVALID', `this machine has no user ${names.join(' or ')}`, {
    next: `Set ${setting} to an unprivileged user of this machine.`,
  });
}
