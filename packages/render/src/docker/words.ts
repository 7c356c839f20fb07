/** The exec form of an instruction: a JSON array, which no shell sees and in which nothing is expanded. */
export function exec(argv: readonly string[]): string {
  return JSON.stringify(argv);
}

/** A value between double quotes, as LABEL and ENV read it. */
export function quoted(value: string): string {
  return `"${value.replaceAll(/["\\$]/g, '\\$&')}"`;
}

/** Words of COPY in its JSON form, in which variables and quotes are still looked for. */
export function paths(...words: string[]): string {
  return exec(words.map((word) => word.replaceAll(/["'\\$]/g, '\\$&')));
}

/** A source of COPY that means this path and no other: what stands for more in a pattern stands for itself. */
export function literal(path: string): string {
  return path.replaceAll(/[*?[\\]/g, (mark) => (mark === '\\' ? '[\\\\]' : `[${mark}]`));
}

/** As `literal`; a path that may be missing, since a pattern that matches nothing is no error. */
export function optional(path: string): string {
  const at = path.search(/[A-Za-z0-9][^A-Za-z0-9]*$/);
  if (at < 0) return literal(path);
  return `${literal(path.slice(0, at))}[${path[at]}]${literal(path.slice(at + 1))}`;
}
