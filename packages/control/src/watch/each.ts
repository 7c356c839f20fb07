/** Does the work for each item, whatever became of the others. @throws AggregateError of what failed */
export async function each<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => (error as Error).message).join('; '));
}
