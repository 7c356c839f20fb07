import type { Identity } from '../home/unprivileged.ts';

const firstGroup = 61_184;
const groups = 4336;
let next = Math.floor(Math.random() * groups);

/**
 * The user that builds run as, with a group number that only one build has: a process cannot change its group without
 * rights, so that all that a build has started can be found whatever it did to hide. The numbers are those that
 * systemd, too, hands out for a while; the user must match as well before anything is killed.
 */
export function buildIdentity(as: Identity | null): Identity | null {
  if (as === null) return null;
  next = (next + 1) % groups;
  return { ...as, gid: firstGroup + next };
}
