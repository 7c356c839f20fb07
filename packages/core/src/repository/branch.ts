const longest = 200;
// biome-ignore lint/suspicious/noControlCharactersInRegex: git allows none in a name
const unwanted = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|\/\.|[/.]$|\.lock(?:\/|$)/;

/** Whether git takes it as the name of a branch; by the rules of `git check-ref-format`, and no dash to begin with. */
export function isBranch(name: string): boolean {
  return name !== '' && name !== '@' && name.length <= longest && !unwanted.test(name);
}

/** Whether one of the patterns stands for the branch. */
export function matchesBranch(patterns: readonly string[], branch: string): boolean {
  return patterns.some((pattern) => standsFor(pattern.split('*'), branch));
}

/** Each part after the one before; the last one at the end. */
function standsFor(parts: readonly string[], branch: string): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return branch === first;
  const last = rest.pop() ?? '';
  if (!branch.startsWith(first) || branch.length < first.length + last.length || !branch.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = branch.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= branch.length - last.length;
}
