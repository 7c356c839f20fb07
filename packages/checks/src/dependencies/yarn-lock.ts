import type { Installed } from './package.ts';

/** `"lodash@npm:^4.17.0", lodash@^4.1.0:` with all that follows, indented. */
const block = /^(?<head>[^\s#].*):\n(?<body>(?:[ \t]+.*\n?|\n(?=[ \t]))*)/gm;
const version = /^ {2}version:? "?(?<version>[^"\s]+)"?/m;
/** How yarn 2 and later name what was resolved; of an alias, the real package. */
const resolution = /^ {2}resolution: "(?<name>(?:@[^/@]+\/)?[^@"]+)@npm:(?<version>[^":]+)/m;
const requested = /^"?(?:[^@"\s,]+@npm:(?=@?[a-z][^@]*@))?(?<name>(?:@[^/@\s]+\/)?[^@\s"]+)@/;

/** The packages of a yarn.lock of any version; it does not say who wants them: all count as production's. */
export function readYarnLock(text: string): Installed[] {
  if (!/^# yarn lockfile|^__metadata:/m.test(text)) throw new Error('it is no yarn.lock');
  return [...text.matchAll(block)].flatMap(({ groups: { head = '', body = '' } = {} }) => {
    const modern = text.includes('__metadata:');
    const found = modern
      ? resolution.exec(body)?.groups
      : { ...requested.exec(head)?.groups, ...version.exec(body)?.groups };
    const { name, version: number } = (found ?? {}) as { name?: string; version?: string };
    if (!name || !number) return [];
    return [{ name, version: number, node: `${name}@${number}`, kind: 'prod' as const, isDirect: false }];
  });
}
