import { medianOf } from '../median.ts';

/** One production deployment that took traffic, as the ledger has it. */
export interface Delivery {
  deployment: string;
  commit: string;
  kind: 'deploy' | 'rollback';
  committedAt: Date;
  liveAt: Date | null;
  trafficAt: Date;
  /** It was reverted or undone. */
  failed: boolean;
  /** When users were served well again; null while they are not, or when it did not fail. */
  recoveredAt: Date | null;
}

/** A median with its count; no data is null, never zero. */
export interface Median {
  ms: number | null;
  n: number;
}

export interface Scorecard {
  from: Date;
  to: Date;
  deployments: number;
  /** Deployments a day over the whole period. */
  perDay: number | null;
  leadTime: Median;
  changeFailRate: { rate: number | null; n: number };
  recoveryTime: Median;
}

/**
 * The delivery metrics of dora.dev over the deployments that took traffic in [from, to).
 * A rollback is the remedy, not a change: it counts in no rate. Computed from the ledger alone.
 */
export function scorecard(ledger: readonly Delivery[], from: Date, to: Date): Scorecard {
  const changes = ledger.filter(
    ({ kind, trafficAt }) => kind === 'deploy' && trafficAt >= from && trafficAt.getTime() < to.getTime(),
  );
  const failed = changes.filter((change) => change.failed);
  const days = (to.getTime() - from.getTime()) / 86_400_000;
  return {
    from,
    to,
    deployments: changes.length,
    perDay: days > 0 ? changes.length / days : null,
    leadTime: median(
      changes.flatMap(({ liveAt, committedAt }) => (liveAt ? [liveAt.getTime() - committedAt.getTime()] : [])),
    ),
    changeFailRate: { rate: changes.length > 0 ? failed.length / changes.length : null, n: changes.length },
    recoveryTime: median(
      failed.flatMap(({ recoveredAt, trafficAt }) =>
        recoveredAt ? [recoveredAt.getTime() - trafficAt.getTime()] : [],
      ),
    ),
  };
}

/** The median with its count. */
export function median(values: readonly number[]): Median {
  return { ms: medianOf(values), n: values.length };
}
