/** One request as its user saw it; times in ms since the epoch. */
export interface Answer {
  sentAt: number;
  at: number;
  /** 0 when there was no answer. */
  status: number;
  /** Null when no release answered: the edge did, or nobody. */
  release: string | null;
  problem?: string;
}

export interface Summary {
  requests: number;
  served: number;
  dropped: number;
  perSecond: number;
  p50: number | null;
  p95: number | null;
}

/** No answer, an answer of 5xx, or one that came too late. */
export function isDropped({ status }: Answer): boolean {
  return status === 0 || status >= 500;
}

export function summarise(answers: readonly Answer[]): Summary {
  const dropped = answers.filter(isDropped).length;
  const latencies = answers.map(({ sentAt, at }) => at - sentAt).sort((a, b) => a - b);
  const spanMs = (answers.at(-1)?.at ?? 0) - (answers[0]?.sentAt ?? 0);
  return {
    requests: answers.length,
    served: answers.length - dropped,
    dropped,
    perSecond: spanMs > 0 ? Math.round((answers.length / spanMs) * 1000) : 0,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
  };
}

export function byRelease(answers: readonly Answer[]): Map<string, Answer[]> {
  return Map.groupBy(answers, ({ release }) => release ?? 'nobody');
}

/** Nearest rank, whole ms; null of nothing. */
function quantile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? null : Math.round(value);
}
