import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openTrial } from './testing/trial.ts';

const slot = 'shop/production/blue';
const documented = new URL('../../../../../docs/guides/kubernetes-access.yaml', import.meta.url);

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** `apps deployments patch`: what the API server asks of the rights for a request; null for discovery, which is free. */
function rightOf(request: string): string | null {
  const [method = '', target = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(target, 'http://api');
  const path = pathname.split('/').filter((part) => part !== '');
  const group = path[0] === 'api' ? '' : (path[1] ?? '');
  let rest = path.slice(path[0] === 'api' ? 2 : 3);
  if (rest[0] === 'namespaces' && rest.length > 2) rest = rest.slice(2);
  const [plural, name, subresource] = rest;
  if (!plural) return null;
  const reading = searchParams.get('watch') === 'true' ? 'watch' : name ? 'get' : 'list';
  const verbs: Record<string, string> = { GET: reading, PATCH: 'patch', DELETE: name ? 'delete' : 'deletecollection' };
  return `${group} ${plural}${subresource ? `/${subresource}` : ''} ${verbs[method]}`;
}

test('the documented rights are enough for all that the runtime asks for, and no more than that', async () => {
  const { rules } = parse(await readFile(documented, 'utf8')) as { rules: Rule[] };
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((each) => verbs.map((verb) => `${group} ${each} ${verb}`))),
  );
  const { runtime, cluster, spec } = await openTrial();
  await runtime.start(spec('exits-at-once'));
  await runtime.awaitReady(slot, 20_000);
  await runtime.slots();
  await runtime.usage(slot);
  await Array.fromAsync(runtime.logs(slot, { tail: 5 }));
  await runtime.stop(slot);
  const asked = new Set(cluster.api.requests.map(rightOf).filter((right) => right !== null));
  expect([...asked].filter((right) => !granted.includes(right))).toEqual([]);
  // Who applies what is not there must also be allowed to create it.
  const needless = granted.filter((right) => !asked.has(right) && !right.endsWith(' create'));
  expect(needless).toEqual([]);
  for (const right of granted.filter((each) => each.endsWith(' create'))) {
    expect(asked).toContain(right.replace(/ create$/, ' patch'));
  }
});
