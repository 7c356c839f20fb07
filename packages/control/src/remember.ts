/**
 * Remembers what was found by a key, the `limit` that were asked for last: for what stays as it is and takes time to find
 * out. What was not found is looked for again.
 */
export function remember<T extends object>(limit: number): (key: string, look: () => Promise<T>) => Promise<T> {
  const known = new Map<string, T>();
  return async (key, look) => {
    const found = known.get(key) ?? (await look());
    known.delete(key);
    known.set(key, found);
    for (const oldest of known.keys()) {
      if (known.size <= limit) break;
      known.delete(oldest);
    }
    return found;
  };
}
