import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blueGreen, canary, defineConfig, nextjs, node, postgres, redis } from './define.ts';
import { parseConfig } from './parse.ts';
import { formatPath } from './path.ts';

const app = { start: 'node server.js' };
const least = { name: 'shop', app };

/** What is said of a bad configuration, line by line. */
function problems(config: unknown): string[] {
  try {
    parseConfig(config);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return (error as Error).message.replace('kova.config.ts: ', '').split('\n  ');
  }
  return [];
}

test('what is left out gets its default', () => {
  expect(parseConfig(least)).toMatchSnapshot();
});

test('the helpers give what the schema takes', () => {
  const config = defineConfig({
    name: 'shop',
    app: nextjs({ include: ['db'], health: { deadline: '90s' } }),
    services: { postgres: postgres({ version: 18 }), redis: redis({ optional: true }) },
    database: { migrate: 'npm run db:migrate', schema: { from: 3, to: 5 } },
    environments: {
      staging: { strategy: blueGreen() },
      production: { approvals: 1, instances: 2, strategy: canary({ steps: [5, 50] }), stability: '5m' },
    },
  });
  const parsed = parseConfig(JSON.parse(JSON.stringify(config)));
  expect(Object.keys(parsed.environments)).toEqual(['staging', 'production']);
  expect(parsed.environments.production?.strategy).toEqual({ kind: 'canary', steps: [5, 50], every: 120_000 });
  expect(parsed.app.health).toMatchObject({ path: '/api/health', deadline: 90_000 });
  expect(parsed.app.output.at(-1)).toEqual({ from: 'db', to: 'db', optional: false });
  expect(parseConfig({ name: 'a', app: node({ start: 'node a.js' }) }).app).toMatchObject({
    install: ['npm', 'ci'],
    build: null,
  });
});

test('secrets of an environment are names, or variables with the names of their secrets', () => {
  const secrets = (value: unknown) =>
    parseConfig({ ...least, environments: { staging: { secrets: value } } }).environments.staging?.secrets;
  expect(secrets(['KEY'])).toEqual({ KEY: 'KEY' });
  expect(secrets({ DATABASE_URL: 'STAGING_DATABASE' })).toEqual({ DATABASE_URL: 'STAGING_DATABASE' });
});

test('migrations need no service of Kova where each environment is given an address', () => {
  const environments = {
    staging: { secrets: ['DATABASE_URL'] },
    production: { env: { DATABASE_URL: 'postgres:///x' } },
  };
  expect(problems({ ...least, environments, database: { migrate: 'npm run migrate' } })).toEqual([]);
});

test('no environment shares a mutable default with another', () => {
  const { development, staging } = parseConfig(least).environments;
  expect(development?.hosts).not.toBe(staging?.hosts);
  expect(development?.analysis.rules).not.toBe(staging?.analysis.rules);
});

test.each([
  ['an unknown key', { ...least, colour: 1 }, 'colour: unknown key'],
  ['an unknown key below', { ...least, app: { ...app, helth: {} } }, 'app.helth: unknown key'],
  [
    'an unknown key of an environment',
    { ...least, environments: { production: { instnaces: 2 } } },
    'environments.production.instnaces: unknown key',
  ],
  [
    'an unknown key of a strategy',
    { ...least, environments: { production: { strategy: { kind: 'blue-green', steps: [1] } } } },
    'environments.production.strategy.steps: unknown key',
  ],
  [
    // https://github.com/fluxcd/flagger/issues/1581
    'a signal that there is not',
    {
      ...least,
      environments: { production: { analysis: { rules: [{ signal: 'eror-rate', above: 0.1, for: '9s' }] } } },
    },
    "environments.production.analysis.rules[0].signal: Invalid discriminator value. Expected 'error-rate' | 'p95' | 'p95-vs-baseline' | 'restarts' | 'unhealthy'",
  ],
  [
    'a window in which no rule could have enough data',
    { ...least, environments: { production: { stability: '5s', analysis: { noData: 'fail' } } } },
    'environments.production.stability: must be longer than 10 s, the longest `for` of the rules, as analysis.noData is fail',
  ],
  [
    'a bad duration',
    { ...least, app: { ...app, buildTimeout: '5 minutes' } },
    'app.buildTimeout: "5 minutes" is not a duration; write 250ms, 10s, 5m, 2h or 30d',
  ],
  [
    'steps that do not rise',
    { ...least, environments: { production: { strategy: { kind: 'canary', steps: [25, 25] } } } },
    'environments.production.strategy.steps[1]: weights must rise',
  ],
  [
    'shell syntax',
    { ...least, app: { start: 'a && b' } },
    'app.start: "a && b" needs a shell; write one program with its arguments, or an npm script',
  ],
  [
    'an output outside',
    { ...least, app: { ...app, output: [{ from: '../x' }] } },
    'app.output[0].from: must stay inside the repository',
  ],
  [
    'migrations without a database',
    { ...least, database: { migrate: 'npm run migrate' } },
    'database.migrate: needs a postgres service under services, or DATABASE_URL under secrets of each environment (development, staging, pre-production, production)',
  ],
  [
    'a variable that is a secret and is not',
    { ...least, environments: { staging: { env: { KEY: 'x' }, secrets: ['KEY'] } } },
    'environments.staging.secrets.KEY: stands under env as well',
  ],
  [
    'a host of two environments',
    { ...least, environments: { staging: { hosts: ['a.test'] }, production: { hosts: ['b.test', 'a.test'] } } },
    'environments.production.hosts[1]: a.test already belongs to staging',
  ],
  [
    'a deadline shorter than a probe',
    { ...least, app: { ...app, health: { deadline: '1s' } } },
    'app.health.deadline: must be longer than app.health.interval',
  ],
  ['a name with capitals', { ...least, name: 'Shop' }, 'name: use lower-case letters, digits and dashes, 40 at most'],
])('%s is refused with its path', (_name, config, problem) => expect(problems(config)).toEqual([problem]));

test.each([
  ['no start', { name: 'shop', app: {} }, /^app\.start: /],
  ['a number as a command', { name: 'shop', app: { start: 1 } }, /^app\.start: /],
  ['a number as a duration', { ...least, assetsKeep: 7 }, /^assetsKeep: /],
  [
    'a weight of 100',
    { ...least, environments: { a: { strategy: { kind: 'canary', steps: [100] } } } },
    /steps\[0\]: /,
  ],
  ['no steps', { ...least, environments: { a: { strategy: { kind: 'canary', steps: [] } } } }, /strategy\.steps: /],
  ['an unknown strategy', { ...least, environments: { a: { strategy: { kind: 'rolling' } } } }, /strategy\.kind: /],
  [
    'an unknown signal',
    { ...least, environments: { a: { analysis: { rules: [{ signal: 'eror-rate' }] } } } },
    /rules\[0\]\.signal: /,
  ],
  [
    'a schema backwards',
    { ...least, database: { schema: { from: 5, to: 3 } } },
    /^database\.schema: from must not be above to/,
  ],
  ['a bad variable', { ...least, environments: { a: { env: { 'A-B': '1' } } } }, /^environments\.a\.env\.A-B: /],
  ['a bad environment name', { ...least, environments: { 'A b': {} } }, /^environments\.A b: /],
  ['nothing at all', null, /^\(whole\): /],
])('%s is refused', (_name, config, problem) => {
  const found = problems(config);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(problem);
});

test('all that is wrong is said at once', () => {
  const config = { name: 'shop', app: { start: 'a | b', stopTimeout: 'x' }, extra: 1 };
  expect(problems(config).map((line) => line.split(':')[0])).toEqual(['app.start', 'app.stopTimeout', 'extra']);
});

test('whatever it is given, it returns a configuration or says what is wrong', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(problems(value).length).toBeGreaterThan(0);
      problems({ ...least, environments: value });
      problems({ ...least, app: value });
    }),
    { numRuns: 200 },
  );
});

test('an accepted canary always rises and stays below 100', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 110 })), (steps) => {
      const found = problems({ ...least, environments: { a: { strategy: { kind: 'canary', steps } } } });
      const rises = steps.every((weight, i) => weight >= 1 && weight <= 99 && weight > (steps[i - 1] ?? 0));
      expect(found.length === 0).toBe(rises && steps.length > 0);
    }),
  );
});

test('a path is said as it would be written', () => {
  expect(formatPath(['environments', 'production', 'strategy', 'steps', 1])).toBe(
    'environments.production.strategy.steps[1]',
  );
  expect(formatPath([])).toBe('');
});
