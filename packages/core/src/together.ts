/**
 * The outcomes of work that goes on side by side. What fails is thrown when none is at work any more, so that all that
 * it made can be found and ended; of several failures the first in the list, not the first in time.
 */
export async function together<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
