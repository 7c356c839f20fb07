import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, type SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { appIdentity, type Identity } from './unprivileged.ts';

/** Whom the migrations and instances of an environment run as; null where Kova has no choice. */
export type IdentityOf = (project: string, environment: string) => Identity | null;

/** The same by slot. */
export function bySlot(identityOf: IdentityOf): (slot: SlotId) => Identity | null {
  return (slot) => {
    const { project, environment } = environmentOf(slot);
    return identityOf(project, environment);
  };
}

/** Between the users of the machine (to 60000), systemd's (to 65519) and those of containers (from 100000). */
const first = 70_000;
const count = 10_000;
const record = z.record(z.string(), z.int());

/**
 * Gives each environment of each project a user and group of its own, by number alone, so that no app can look into
 * another: the same one for ever, written down in `directory`. With KOVA_APP_USER, or where the system does not have
 * the numbers (a container), all share one user. One process at a time may use it in a directory.
 */
export function appIdentities(directory: string, env: NodeJS.ProcessEnv = process.env): IdentityOf {
  const shared = appIdentity(env);
  if (shared === null || env.KOVA_APP_USER || !systemHas('uid') || !systemHas('gid')) return () => shared;
  const path = join(directory, 'app-ids.json');
  const from = firstFor(directory);
  const known = new Map(Object.entries(readKnown(path)));
  return (project, environment) => {
    const name = `${project}/${environment}`;
    const id = known.get(name) ?? freeId(from, new Set([...known.values(), ...idsOfTheMachine()]));
    if (!known.has(name)) {
      known.set(name, id);
      writeFileSync(`${path}.draft`, JSON.stringify(Object.fromEntries(known)), { mode: 0o600, flush: true });
      renameSync(`${path}.draft`, path);
    }
    return { uid: id, gid: id, name: `${id} (${name})` };
  };
}

/** @throws KovaError INTERNAL: numbers that are forgotten would be given away twice */
function readKnown(path: string): Record<string, number> {
  try {
    return record.parse(JSON.parse(readOr(path, '{}')));
  } catch (cause) {
    throw new KovaError('INTERNAL', `${path} cannot be understood`, {
      next: 'Restore it. It says which user number each environment has; the files of the apps belong to them.',
      cause,
    });
  }
}

/** Homes on one machine begin at numbers of their own, so that the apps of one cannot look into those of another. */
function firstFor(directory: string): number {
  return createHash('sha256').update(directory).digest().readUInt32BE() % count;
}

function freeId(from: number, taken: ReadonlySet<number>): number {
  for (let step = 0; step < count; step += 1) {
    const id = first + ((from + step) % count);
    if (!taken.has(id)) return id;
  }
  throw new KovaError('CONFLICT', `all ${count} user numbers from ${first} are taken`, {
    next: 'Set KOVA_APP_USER to one user for all apps.',
  });
}

/** Numbers that somebody has given a name to. */
function idsOfTheMachine(): number[] {
  const lines = ['/etc/passwd', '/etc/group'].flatMap((file) => readOr(file, '').split('\n'));
  return lines.map((line) => Number(line.split(':')[2]));
}

/** Whether this user namespace maps the whole range (user_namespaces(7)). */
function systemHas(kind: 'uid' | 'gid'): boolean {
  return readOr(`/proc/self/${kind}_map`, '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([from = 0, , length = 0]) => from <= first && from + length >= first + count);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
