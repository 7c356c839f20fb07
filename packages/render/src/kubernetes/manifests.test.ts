import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { hasCode } from '@kova/core/errors/kova-error';
import { expect, test } from 'vitest';
import { kubernetesSuite } from './suite.ts';
import { inconsistencies } from './testing/consistency.ts';
import { type Manifest, parseManifests, validate } from './testing/validate.ts';

const digest = (digit: string) => `registry.example.com/shop@sha256:${digit.repeat(64)}`;
const app = { start: 'node server.js' };

const storefront: ConfigInput = {
  name: 'storefront',
  app: { ...app, health: { path: '/api/health', interval: '1500ms', unhealthyAfter: 4 }, stopTimeout: '12s' },
  services: { postgres: { kind: 'postgres' }, redis: { kind: 'redis', optional: true } },
  environments: {
    staging: {},
    production: {
      hosts: ['shop.example.com', 'www.example.com'],
      limits: { cpus: 1.5, memory: '1.5GB' },
      instances: 3,
      strategy: { kind: 'canary' },
      env: { GREETING: 'hello: "you" # $(PATH)', STRIPE_API_KEY: 'sk_live_1', QUEUE: 'amqp://shop:pw@queue/' },
    },
  },
  render: {
    kubernetes: {
      gateway: { name: 'public', namespace: 'edge' },
      writable: ['/tmp', '/app/.next/cache'],
      ...{ cpu: '250m', memory: '1Gi', user: 1001, pullSecret: 'registry' },
      autoscale: { production: { max: 10 } },
    },
  },
};

const cases: Record<string, { config: ConfigInput; values: Record<string, string> }> = {
  'blue-green': {
    config: storefront,
    values: { environment: 'staging', image: digest('a'), slot: 'green', previous: digest('b') },
  },
  canary: {
    config: storefront,
    values: { environment: 'production', image: digest('c'), previous: digest('d'), weight: '5' },
  },
  minimal: { config: { name: '0', app, environments: { production: {} } }, values: {} },
};

function render(config: ConfigInput, values: Record<string, string> = {}): { path: string; text: string }[] {
  return kubernetesSuite.render(parseConfig(config), values);
}

const objects = (config: ConfigInput, values: Record<string, string> = {}): Manifest[] =>
  render(config, values).flatMap(({ text }) => parseManifests(text));

const find = (manifests: Manifest[], kind: string, name: string): Manifest =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name)!;

test.each(Object.entries(cases))(
  '%s: as the golden file has it, and the schemas take it',
  async (name, { config, values }) => {
    const [file] = render(config, values);
    await expect(file!.text).toMatchFileSnapshot(`golden/${name}.yaml`);
    const manifests = parseManifests(file!.text);
    expect(await validate(manifests)).toEqual([]);
    expect(inconsistencies(manifests)).toEqual([]);
  },
);

test('the validators see what is wrong', async () => {
  const wrong = async (change: (manifests: Manifest[]) => void) => {
    const manifests = objects(storefront, { environment: 'production', image: digest('a') });
    change(manifests);
    return [...(await validate(manifests)), ...inconsistencies(manifests)].join('\n');
  };
  const pod = (all: Manifest[]) => find(all, 'Deployment', 'app-blue').spec.template.spec;
  expect(await wrong((all) => Object.assign(pod(all).containers[0], { readynessProbe: {} }))).toContain(
    'readynessProbe',
  );
  expect(await wrong((all) => Object.assign(find(all, 'HTTPRoute', 'app').spec, { hosts: [] }))).toContain('"hosts"');
  expect(
    await wrong((all) => Object.assign(find(all, 'HTTPRoute', 'app').spec.rules[0].backendRefs[0], { weight: -1 })),
  ).toContain('weight must be >= 0');
  expect(await wrong((all) => delete find(all, 'Deployment', 'app-green').spec.selector)).toContain('selector');
  expect(await wrong((all) => Object.assign(pod(all), { serviceAccountName: 'other' }))).toContain(
    'ServiceAccount,other',
  );
  expect(await wrong((all) => Object.assign(find(all, 'Service', 'app-blue').metadata, { name: '0-blue' }))).toContain(
    'Service,app-blue',
  );
});

test('no value of a secret is written down; the variable is taken from the Secret of the cluster', () => {
  const [file] = render(storefront, { environment: 'production', image: digest('a') });
  expect(file!.text).not.toMatch(/sk_live_1|:pw@/);
  const manifests = parseManifests(file!.text);
  const container = find(manifests, 'Deployment', 'app-blue').spec.template.spec.containers[0];
  const taken = container.env.filter(
    (each: { valueFrom?: { secretKeyRef?: unknown } }) => each.valueFrom?.secretKeyRef,
  );
  expect(taken.map((each: { name: string }) => each.name)).toEqual([
    'DATABASE_URL',
    'QUEUE',
    'REDIS_URL',
    'STRIPE_API_KEY',
  ]);
  const map = manifests.find(({ kind }) => kind === 'ConfigMap');
  expect(map?.data).toEqual({ GREETING: 'hello: "you" # $(PATH)' });
});

test('another variable gives another ConfigMap, so that a slot that runs keeps its own', () => {
  const mapIn = (value: string) => {
    const config = { name: 'shop', app, environments: { production: { env: { A: value } } } };
    return objects(config).find(({ kind }) => kind === 'ConfigMap')!.metadata.name;
  };
  expect(mapIn('1')).not.toBe(mapIn('2'));
  expect(mapIn('1')).toBe(mapIn('1'));
});

test('a slot that runs nothing has no instances and no requests, and no autoscaler wakes it', () => {
  const manifests = objects(storefront, { environment: 'production', image: digest('a'), slot: 'green' });
  expect(find(manifests, 'Deployment', 'app-blue').spec.replicas).toBe(0);
  expect(find(manifests, 'Deployment', 'app-green').spec).not.toHaveProperty('replicas');
  const [blue, green] = find(manifests, 'HTTPRoute', 'app').spec.rules[0].backendRefs;
  expect([blue, green]).toMatchObject([
    { name: 'app-blue', weight: 0 },
    { name: 'app-green', weight: 100 },
  ]);
});

test('namespaces of different environments differ, and none is longer than a label may be', () => {
  const namespaceIn = (name: string, environment: string) =>
    objects({ name, app, environments: { [environment]: {} } })[0]!.metadata.name;
  const pairs = [
    ['a-b', 'c'],
    ['a', 'b-c'],
    ['a--b', 'c'],
    ['a', 'b--c'],
    ['a'.repeat(40), 'b'.repeat(40)],
    ['a'.repeat(40), `${'b'.repeat(39)}c`],
  ];
  const names = pairs.map(([name, environment]) => namespaceIn(name!, environment!));
  expect(new Set(names).size).toBe(pairs.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
});

test.each([
  [{ image: 'registry.example.com/shop:latest' }, 'is no image by digest'],
  [{ image: `shop@sha256:${'A'.repeat(64)}` }, 'is no image by digest'],
  [{ image: digest('a'), weight: '5' }, 'to a slot that runs nothing'],
  [{ image: digest('a'), weight: '101' }, 'is no percentage'],
  [{ slot: 'red' }, 'is no slot'],
  [{ environment: 'moon' }, 'there is no environment moon'],
])('%j is refused', (values, reason) => {
  const refusal = (() => {
    try {
      return render(storefront, values as Record<string, string>);
    } catch (error) {
      return error;
    }
  })();
  expect(hasCode(refusal, 'INPUT_INVALID')).toBe(true);
  expect(String(refusal)).toContain(reason);
});

test('the same configuration gives the same text, in whatever order its keys are', () => {
  const { name, ...rest } = storefront;
  expect(render({ ...rest, name })).toEqual(render(storefront));
});

test('an autoscaler for an environment that is not there, or with too few instances, is refused with its path', () => {
  const withScale = (autoscale: Record<string, { max: number }>) => () =>
    parseConfig({
      name: 'shop',
      app,
      environments: { production: { instances: 3 } },
      render: { kubernetes: { autoscale } },
    });
  expect(withScale({ moon: { max: 2 } })).toThrow('render.kubernetes.autoscale.moon: there is no environment moon');
  expect(withScale({ production: { max: 2 } })).toThrow('autoscale.production.max: must be at least 3');
});
