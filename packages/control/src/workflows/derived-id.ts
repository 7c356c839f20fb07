import { createHash } from 'node:crypto';

/** An id made of what it is for, so that a replay finds again what was recorded under it before. */
export function derivedId(prefix: 'dep' | 'run' | 'ship', of: string): string {
  return `${prefix}_${createHash('sha256').update(of).digest('hex').slice(0, 10)}`;
}
