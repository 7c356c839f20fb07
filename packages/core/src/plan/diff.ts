import { canonical, isObject } from './canonical.ts';

/** Keys from the top of a configuration to one of its values. */
export type Path = readonly string[];

/** One value that differs between two configurations; what is missing is undefined. */
export interface Change {
  path: Path;
  before: unknown;
  after: unknown;
}

/**
 * What turns `before` into `after`, sorted by keys, since the store keeps no order of them. Objects are gone into;
 * lists are compared as a whole, since what is in one is told by its place alone.
 */
export function diff(before: unknown, after: unknown, path: Path = []): Change[] {
  if (canonical(before) === canonical(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort().flatMap((key) => diff(own(before, key), own(after, key), [...path, key]));
}

/** Applies changes to a value, which stays as it is. */
export function patch(value: unknown, changes: readonly Change[]): unknown {
  return changes.reduce<unknown>((result, { path, after }) => put(result, path, after), value);
}

function put(value: unknown, [key, ...rest]: Path, wanted: unknown): unknown {
  if (key === undefined) return wanted;
  const entries = new Map(Object.entries(isObject(value) ? value : {}));
  const inner = put(entries.get(key), rest, wanted);
  if (inner === undefined) entries.delete(key);
  else entries.set(key, inner);
  return Object.fromEntries(entries);
}

function own(of: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}
