import { readSticky } from '../route/sticky.ts';
import type { LiveInstance } from '../table/live-instance.ts';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RequestHead } from './request-head.ts';

/** Where one attempt goes. It is in flight there from the moment it was chosen until `leave`. */
export interface Target {
  slot: LiveSlot;
  instance: LiveInstance;
  /** The answer sets the sticky cookie. */
  stick: boolean;
}

/** Chooses and counts in one tick, so that a slot is never seen idle with a request on its way to it. */
export function enter(
  route: LiveRoute,
  head: RequestHead,
  fixed: LiveSlot | null,
  avoid: LiveInstance | null,
): Target | null {
  const split = route.route.sticky && route.choice.split && fixed === null;
  const value = split ? readSticky(head.cookie) : null;
  const kept = value === null ? undefined : route.choice.sticky(value);
  const slot = fixed ?? kept ?? route.choice.next();
  const instance = slot?.pick(avoid);
  if (!slot || !instance) return null;
  slot.begin(instance);
  return { slot, instance, stick: split && kept === undefined };
}

export function leave({ slot, instance }: Target): void {
  slot.end(instance);
}
