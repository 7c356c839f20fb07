/** The outcomes of work that goes on side by side. Of what fails, the first in the list is thrown, not the first in time. */
export async function inOrder<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
