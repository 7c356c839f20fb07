const minuteMs = 60_000;
const longestPauseMs = 6 * 60 * minuteMs;

/** When two thirds of its life are over: a third is left for what may go wrong. */
export function renewAt({ notBefore, notAfter }: { notBefore: string; notAfter: string }): Date {
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)];
  return new Date(from + ((to - from) * 2) / 3);
}

/** Before the next try, after so many that failed: authorities allow five failures an hour. */
export function pauseMs(failures: number): number {
  return Math.min(minuteMs * 3 ** (failures - 1), longestPauseMs);
}
