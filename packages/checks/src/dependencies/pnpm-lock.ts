import type { Installed } from './package.ts';

/** Keys below `packages:`, such as `'@scope/name@1.2.3':` or, up to version 6, `/name@1.2.3(peer@1):`. */
const keyLine = /^ {2}'?\/?(?<name>(?:@[^/@\s]+\/)?[^/@\s'(]+)[@/](?<version>\d[^\s'(:]*)[^\s]*:\s*$/;

/** The packages of a pnpm-lock.yaml. It does not say in this place who wants them: all count as production's. */
export function readPnpmLock(text: string): Installed[] {
  if (!/^lockfileVersion:/m.test(text)) throw new Error('it has no lockfileVersion');
  const packages: Installed[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    section = /^(\w+):/.exec(line)?.[1] ?? section;
    const { name, version } = (section === 'packages' && keyLine.exec(line)?.groups) || {};
    if (!name || !version) continue;
    packages.push({ name, version, node: `${name}@${version}`, kind: 'prod', isDirect: false });
  }
  return packages;
}
