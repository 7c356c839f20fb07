import { z } from 'zod';
import type { Installed } from './package.ts';

const dependencies = z.record(z.string(), z.string()).default({});
const entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  link: z.boolean().default(false),
  dev: z.boolean().default(false),
  optional: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  peer: z.boolean().default(false),
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  peerDependencies: dependencies,
});
type Entry = z.output<typeof entry>;
const lock = z.object({ packages: z.record(z.string(), entry) });

const folder = 'node_modules/';

/** The packages of a package-lock.json of npm 7 or later; workspaces and links are the project's own. */
export function readNpmLock(text: string): Installed[] {
  const parsed = lock.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error('it has no "packages" as npm 7 and later write them; run `npm install` again');
  const all = Object.entries(parsed.data.packages);
  const direct = directOnes(all);
  return all.flatMap(([node, one]) => {
    const at = node.lastIndexOf(folder);
    if (at < 0 || one.link || one.version === undefined) return [];
    const name = one.name ?? node.slice(at + folder.length);
    return [{ name, version: one.version, node, kind: kindOf(one), isDirect: direct.has(node) }];
  });
}

function kindOf({ dev, optional, devOptional, peer }: Entry): Installed['kind'] {
  if (dev) return 'dev';
  if (optional || devOptional) return 'optional';
  return peer ? 'peer' : 'prod';
}

/** Where those lie that the project or one of its workspaces names itself. */
function directOnes(all: ReadonlyArray<[string, Entry]>): Set<string> {
  const nodes = new Set(all.map(([node]) => node));
  const own = all.filter(([node]) => !node.includes(folder));
  return new Set(
    own.flatMap(([workspace, one]) => {
      const wanted = [one.dependencies, one.devDependencies, one.optionalDependencies, one.peerDependencies];
      const prefix = workspace === '' ? '' : `${workspace}/`;
      return wanted.flatMap(Object.keys).map((name) => {
        const nested = `${prefix}${folder}${name}`;
        return nodes.has(nested) ? nested : `${folder}${name}`;
      });
    }),
  );
}
