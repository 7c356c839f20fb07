import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import type { ConfigInput, ProjectConfig } from '../config/schema.ts';
import { applicable } from './applicable.ts';
import { canonical } from './canonical.ts';
import { diff, patch } from './diff.ts';
import { planEnvironment } from './plan.ts';
import { wayOf } from './way.ts';

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b', 'env', '__proto__', 'constructor', '0'));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.uniqueArray(fc.tuple(key, tie('json')), { selector: ([name]) => name, maxLength: 4 }).map(Object.fromEntries),
  ),
}));

test('what differs between two values, applied to the first, gives the second', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(canonical(patch(a, diff(a, b)))).toBe(canonical(b));
    }),
  );
});

test('nothing differs between a value and itself, whatever the order of its keys', () => {
  fc.assert(
    fc.property(json, (a) => {
      expect(diff(a, JSON.parse(canonical(a)))).toEqual([]);
    }),
  );
});

const input = (over: Partial<ConfigInput> = {}): ConfigInput => ({
  name: 'shop',
  app: { start: 'node s.js' },
  ...over,
});
const config = (over: Partial<ConfigInput> = {}): ProjectConfig => parseConfig(input(over));
const actual = (running: ProjectConfig) => ({ release: 'rel_1', ofRelease: running, config: running, drifted: null });

const word = fc.stringMatching(/^[a-z]{3,8}$/);
const environment = fc.record(
  {
    instances: fc.integer({ min: 1, max: 9 }),
    hosts: fc.uniqueArray(word, { maxLength: 2 }),
    approvals: fc.integer({ min: 0, max: 3 }),
    standby: fc.constantFrom('1h', '5m'),
    env: fc.dictionary(fc.stringMatching(/^[A-Z]{1,6}$/), word),
  },
  { requiredKeys: [] },
);
const anyConfig = fc
  .record({
    start: word,
    build: fc.oneof(word, fc.constant(null)),
    keepReleases: fc.integer({ min: 2, max: 9 }),
    production: environment,
  })
  .map(({ start, build, keepReleases, production }) =>
    config({ app: { start, build }, keepReleases, environments: { production } }),
  );

test('what a plan puts into force is all that is wanted but what comes with the next release', () => {
  fc.assert(
    fc.property(anyConfig, anyConfig, anyConfig, (built, running, wanted) => {
      const now = { release: 'rel_1', ofRelease: built, config: applicable(built, running), drifted: null };
      const plan = planEnvironment('production', wanted, now);
      const after = plan.config ?? now.config;
      expect(diff(after, wanted).every(({ path }) => wayOf(path).way === 'release')).toBe(true);
      expect(planEnvironment('production', wanted, { ...now, config: after }).changes).toEqual([]);
    }),
  );
});

test('no plan shows the value of a variable, whatever it is', () => {
  const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/).map((text) => `s3cr3t${text}`);
  fc.assert(
    fc.property(secret, secret, word, (one, other, name) => {
      const withEnv = (value: string, more = {}) =>
        config({
          environments: { production: { env: { [name.toUpperCase()]: value, ...more } } },
          services: { cache: { kind: 'redis', url: `redis://user:${value}@cache:6379` } },
          pipeline: { jobs: { own: { run: ['npm test'], env: { TOKEN: value } } } },
        });
      const plan = planEnvironment('production', withEnv(other, { ADDED: one }), actual(withEnv(one)));
      const { config: _, ...told } = plan;
      const text = JSON.stringify(told);
      expect(text).toContain('env.ADDED');
      expect(text).not.toContain('s3cr3t');
    }),
  );
});

const planned = (before: Partial<ConfigInput>, after: Partial<ConfigInput>) =>
  planEnvironment('production', config(after), actual(config(before)));
const production = (of: object) => ({ environments: { production: of } });

test('hosts and times are changed directly; instances need a deployment, and durations are told as such', () => {
  const direct = planned(production({}), production({ hosts: ['shop.example'], stability: '5m' }));
  expect(direct.deed).toBe('direct');
  expect(direct.changes).toMatchObject([
    { path: 'hosts', kind: 'change', before: '[]', after: '["shop.example"]', way: 'direct' },
    { path: 'stability', before: '30 s', after: '5 min' },
  ]);
  const scaled = planned(production({}), production({ instances: 3, approvals: 1 }));
  expect(scaled).toMatchObject({ deed: 'deployment' });
  expect(scaled.reason).toBe(
    'starts 3 instances in the idle slot, waits for 1 approval, moves all traffic; no request is dropped',
  );
});

test('durations within a strategy and a load are told as such; other numbers are not', () => {
  const { changes } = planned(
    production({ strategy: { kind: 'canary', every: '1m' }, load: { duration: '5s' } }),
    production({ strategy: { kind: 'canary', every: '2m' }, load: { duration: '10s', connections: 2000 / 4 } }),
  );
  expect(changes.map(({ path, after }) => [path, after])).toEqual([
    ['load.connections', '500'],
    ['load.duration', '10 s'],
    ['strategy.every', '2 min'],
  ]);
});

test('a key that nobody knows yet needs a deployment', () => {
  const now = config(production({}));
  const wanted = { ...now, unheardOf: 'docker' } as ProjectConfig;
  expect(planEnvironment('production', wanted, actual(now))).toMatchObject({
    deed: 'deployment',
    changes: [{ path: 'unheardOf', kind: 'add', before: null, after: 'docker' }],
  });
});

test('how a release is built comes with the next one, and alone is nothing to do', () => {
  const plan = planned({ app: { start: 'x', build: 'a' } }, { app: { start: 'x', build: 'b' } });
  expect(plan).toMatchObject({ deed: 'none', changes: [], later: [{ path: 'app.build', way: 'release' }] });
});

test('what does not go with the release that runs is blocked', () => {
  const migrating = { services: { db: { kind: 'postgres' as const } }, database: { migrate: 'npm run migrate' } };
  const plan = planned({ ...production({}), ...migrating }, production({}));
  expect(plan).toMatchObject({ deed: 'blocked', config: null });
  expect(plan.reason).toContain('database.migrate: needs a postgres service');
});

test('an environment that is in no configuration any more is kept', () => {
  const plan = planEnvironment('review', config(production({})), actual(config()));
  expect(plan).toMatchObject({ deed: 'keep', changes: [] });
});

test('what runs otherwise than it is recorded is mended by a deployment, without a change', () => {
  const now = { ...actual(config(production({}))), drifted: 'nothing runs in blue' };
  const plan = planEnvironment('production', config(production({})), now);
  expect(plan).toMatchObject({ deed: 'deployment', changes: [], config: now.config });
  expect(plan.reason).toMatch(/^mends that nothing runs in blue: starts 1 instance/);
});

test('what an earlier Kova did not record, and has its default, is no change', () => {
  const wanted = config(production({ hosts: ['shop.example'] }));
  const { runtime: _, ...without } = wanted;
  const { tls: __, limits: ___, ...own } = wanted.environments.production!;
  const old = { ...without, environments: { production: own } } as unknown as ProjectConfig;
  expect(planEnvironment('production', wanted, actual(old))).toMatchObject({ deed: 'none', changes: [], later: [] });
  const limited = { ...wanted, runtime: 'docker' as const };
  expect(planEnvironment('production', limited, actual(old)).changes).toMatchObject([{ path: 'runtime', kind: 'add' }]);
});

test('a size is told as such', () => {
  const { changes } = planned(production({}), production({ limits: { memory: '256mb' } }));
  expect(changes).toMatchObject([{ path: 'limits.memory', before: 'null', after: '256 MiB' }]);
});
