import { isDeepStrictEqual } from 'node:util';
import { conflict } from './status.ts';

type Tree = Record<string, unknown>;

/** Lists whose items have a key of their own; others are replaced as a whole (`x-kubernetes-list-map-keys`). */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  volumes: ['name'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  ownerReferences: ['uid'],
};

/** Who owns which fields of an object: paths such as `/spec/template/spec/containers/{app}/image`. */
export type Managers = Map<string, Map<string, unknown>>;

/**
 * Server-side apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/. The manager owns the fields that it
 * gives; those it gave before and does not give any more are removed, unless others own them too; those of others that
 * differ are a conflict, or taken over by force.
 */
export function applyFields(live: Tree, given: Tree, managers: Managers, manager: string, force: boolean): Tree {
  const wanted = leavesOf(given);
  const others = [...managers].filter(([name]) => name !== manager);
  const contested = others.flatMap(([name, owned]) =>
    [...owned.keys()]
      .filter((path) => wanted.has(path) && !isDeepStrictEqual(wanted.get(path), leavesOf(live).get(path)))
      .map((path) => ({ name, path })),
  );
  if (contested.length > 0 && !force) {
    const words = contested.map(({ name, path }) => `conflict with "${name}": ${path}`).join(', ');
    throw conflict(`Apply failed with ${contested.length} conflicts: ${words}`);
  }
  for (const { name, path } of contested) managers.get(name)?.delete(path);
  const dropped = [...(managers.get(manager)?.keys() ?? [])].filter(
    (path) => !wanted.has(path) && !others.some(([, owned]) => owned.has(path)),
  );
  managers.set(manager, wanted);
  const leaves = leavesOf(live);
  for (const path of dropped) leaves.delete(path);
  for (const [path, value] of wanted) {
    // An empty map claims its place, not what others have in it.
    if (isTree(value) && [...leaves.keys()].some((leaf) => leaf.startsWith(`${path}/`))) continue;
    leaves.set(path, value);
  }
  return treeOf(leaves);
}

function leavesOf(tree: Tree, path = ''): Map<string, unknown> {
  const leaves = Object.entries(tree).flatMap(([key, value]) => leavesIn(key, value, `${path}/${encode(key)}`));
  return new Map(leaves);
}

function leavesIn(key: string, value: unknown, path: string): [string, unknown][] {
  const keys = listKeys[key];
  if (Array.isArray(value) && keys) {
    return (value as Tree[]).flatMap((item) => {
      const id = keys.map((name) => encode(String(item[name]))).join('+');
      return [...leavesOf(item, `${path}/{${id}}`)];
    });
  }
  return isTree(value) && Object.keys(value).length > 0 ? [...leavesOf(value, path)] : [[path, value]];
}

function treeOf(leaves: Map<string, unknown>): Tree {
  const root: Tree = {};
  for (const [path, value] of leaves) {
    const steps = path.slice(1).split('/');
    let at = root;
    for (const [index, step] of steps.entries()) {
      if (index === steps.length - 1) at[decodeURIComponent(step)] = structuredClone(value);
      else {
        const key = step.startsWith('{') ? step : decodeURIComponent(step);
        at[key] ??= {};
        at = at[key] as Tree;
      }
    }
  }
  return listsOf(root) as Tree;
}

/** Objects whose keys are ids of items are lists again. */
function listsOf(value: unknown): unknown {
  if (!isTree(value)) return value;
  const entries = Object.entries(value).map(([key, inside]) => [key, listsOf(inside)] as const);
  if (entries.length > 0 && entries.every(([key]) => key.startsWith('{'))) return entries.map(([, inside]) => inside);
  return Object.fromEntries(entries);
}

function encode(text: string): string {
  return encodeURIComponent(text);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
