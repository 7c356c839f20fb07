import type { Route } from '@kova/core/traffic/route';
import type { AssetIndex } from '../assets/asset-index.ts';
import { WeightedChoice } from '../route/choose.ts';
import type { LiveSlot } from './live-slot.ts';

/** A route as the data plane uses it: never changed, only replaced. */
export interface LiveRoute {
  readonly route: Route;
  readonly slots: readonly LiveSlot[];
  readonly choice: WeightedChoice;
  readonly assets: AssetIndex | null;
  /** The value of Strict-Transport-Security. */
  readonly strictTransport: string | null;
}

export function liveRoute(route: Route, slots: readonly LiveSlot[], assets: AssetIndex | null): LiveRoute {
  const seconds = route.tls?.hstsSeconds ?? null;
  const strictTransport = seconds === null ? null : `max-age=${seconds}`;
  return { route, slots, choice: new WeightedChoice(slots), assets, strictTransport };
}
