/**
 * Node and Next.js close idle connections after 5 s: ours must go first, or a request may meet the
 * closing one.
 */
const REUSE_MS = 3_000;
/** The instance's clock starts earlier than ours, and its FIN takes a moment. */
const MARGIN_MS = 1_000;

/** For how long a connection may be used again after an answer with these headers, in milliseconds; 0 not at all. */
export function reuseMs(headers: readonly string[]): number {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length !== 10 || name.toLowerCase() !== 'keep-alive') continue;
    const told = /(?:^|[,\s])timeout=(\d+)/i.exec(headers[index + 1] as string)?.[1];
    if (told !== undefined) return Math.max(0, Math.min(REUSE_MS, Number(told) * 1_000 - MARGIN_MS));
  }
  return REUSE_MS;
}
