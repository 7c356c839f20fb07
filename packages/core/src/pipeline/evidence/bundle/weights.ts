/** What a build sends to browsers, in bytes. Null or empty is what the report does not tell. */
export interface Weights {
  total: number | null;
  gzip: number | null;
  /** By the library that a chunk holds, else by its name without hashes. */
  chunks: Map<string, number>;
  /** What a page needs to start. */
  routes: Map<string, number>;
}

export const noWeights = (): Weights => ({ total: null, gzip: null, chunks: new Map(), routes: new Map() });

export function addWeight(of: Map<string, number>, name: string, bytes: number): void {
  of.set(name, (of.get(name) ?? 0) + bytes);
}

/** Digests as webpack (hex), Turbopack (13 characters) and Vite (8) put them at the end of a name. */
const digests = [/(?:^|[-.])[0-9a-f]{8,32}$/, /(?:^|[-.])(?=[\w-]*\d)[\w-]{13}$/, /-(?=[\w-]*[\dA-Z])[\w-]{8}$/];
/** Names that a bundler gave by counting or hashing. */
const nameless = /^(?:\d+|[0-9a-f]{8})?$/;

/**
 * A name that stays the same from build to build: `static/chunks/main-6f56cad8fb2c15f2.js` is `main`. What has no name
 * but digests and numbers is `other`, or `styles`.
 */
export function stableName(path: string): string {
  const file = path.replace(/^.*(?:chunks|css|assets)\//, '');
  const stem = file.replace(/\.[a-z]+$/, '');
  const digest = digests.find((each) => each.test(stem));
  const name = digest ? stem.replace(digest, '') : stem;
  if (!nameless.test(name)) return name;
  return file.endsWith('.css') ? 'styles' : 'other';
}
