/** The file name of a run's report: `/` is `root`, `/a/b?c=d` is `a-b-c-d`. Paths that would share a name get a number. */
export function reportNames(paths: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const path of new Set(paths)) {
    const plain =
      path
        .replace(/[^\w.]+/g, '-')
        .replace(/^[-.]+|-+$/g, '')
        .slice(0, 80) || 'root';
    let name = plain;
    for (let n = 2; taken.has(name); n += 1) name = `${plain}-${n}`;
    taken.add(name);
    names.set(path, name);
  }
  return names;
}
