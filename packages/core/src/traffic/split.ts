import type { Colour } from '../environment/slot.ts';

/** Percent of new visitors by slot; sums to 100, or is null when no slot takes traffic. */
export type Split = Readonly<Record<Colour, number>> | null;

/** `weight` percent to the slot, the rest to the other one; all to the slot when the other cannot take any. */
export function splitTo(colour: Colour, weight: number, otherServes: boolean): Readonly<Record<Colour, number>> {
  const share = otherServes ? Math.min(100, Math.max(0, Math.round(weight))) : 100;
  return colour === 'blue' ? { blue: share, green: 100 - share } : { blue: 100 - share, green: share };
}
