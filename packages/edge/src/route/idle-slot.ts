import { createHash, timingSafeEqual } from 'node:crypto';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';

/** The slot that `x-kova-slot` names (`blue`, or the whole id), if `x-kova-token` opens it. */
export function openByHeader(
  route: LiveRoute,
  name: string,
  token: string | null,
): { slot: LiveSlot } | { refused: 'token' | 'slot' } {
  if (!tokenOpens(route.route.idleTokenHash, token)) return { refused: 'token' };
  const slot = route.slots.find(({ id }) => id === name || id.slice(id.lastIndexOf('/') + 1) === name);
  return slot ? { slot } : { refused: 'slot' };
}

function tokenOpens(hash: string | null, token: string | null): boolean {
  if (hash === null || token === null) return false;
  const wanted = Buffer.from(hash, 'hex');
  const given = createHash('sha256').update(token).digest();
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
