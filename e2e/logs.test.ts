import type { LogMatchView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { node } from './testing/app.ts';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
let runs: string[];

beforeAll(async () => {
  kova = await TestKova.start();
  runs = [];
  for (const text of ['first', 'second']) {
    const commit = await kova.send({
      text,
      pipeline: `{ use: 'none', failFast: false, jobs: {
        unit: { run: [${node(`console.log('before'); console.error('${text}: no such table: carts'); console.log('after')`)}] },
        each: { run: [${node('console.log("N is", process.env.N)')}], matrix: { N: ['1', '2'] } },
      } }`,
    });
    const run = await kova.prove(commit);
    await kova.proved(run);
    runs.push(run);
  }
});
afterAll(() => kova.close());

const logs = async (...args: string[]) => {
  const env = { ...kova.env, KOVA_URL: kova.control.url };
  return runKova(['pipeline', 'logs', ...args], env);
};
const found = (out: string) => (JSON.parse(out) as { matches: LogMatchView[] }).matches;

test('a run is searched for text, with the job and the number of each line', async () => {
  const { code, out } = await logs(runs[0]!, '--search', 'no such table: carts');
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^unit:\d+: first: no such table: carts$/m),
  });
  const around = await logs(runs[0]!, '--search', 'NO SUCH TABLE', '-i', '-C', '1', '--job', 'unit');
  expect(around.out).toMatch(/^unit-\d+- (before|after)$/m);
  expect(around.out).toMatch(/^unit:\d+: first: no such table: carts$/m);
  expect((await logs(runs[0]!, '--search', 'nowhere to be found')).out).toBe('Nothing was found.\n');
});

test('an expression, and the runs of a matrix', async () => {
  const { out } = await logs(runs[1]!, '--regex', '^N is [0-9]$', '--job', 'each', '--json');
  expect(found(out)).toMatchObject([
    { run: runs[1], job: 'each[N=1]', line: 2, text: 'N is 1', found: true },
    { run: runs[1], job: 'each[N=2]', line: 2, text: 'N is 2', found: true },
  ]);
});

test('the newest runs of a project, the newest first', async () => {
  const { out } = await logs('--last', '5', '--regex', '^[a-z]+: no such', '--project', 'shop', '--json');
  expect(found(out).map(({ run, text }) => [run, text.split(':')[0]])).toEqual([
    [runs[1], 'second'],
    [runs[0], 'first'],
  ]);
});

test('a limit is said', async () => {
  const { out } = await logs(runs[0]!, '--regex', '.', '--job', 'unit', '--limit', '2');
  expect(out.trim().split('\n')).toHaveLength(3);
  expect(out).toMatch(/there may be more; raise --limit\n$/);
});

test('without a search all is printed, each line with its job', async () => {
  const { out } = await logs(runs[0]!);
  expect(out).toContain('unit | first: no such table: carts\n');
  expect(out).toContain('each[N=2] | N is 2\n');
  expect((await logs(runs[0]!, '--job', 'unit')).out).toMatch(/^after$/m);
});

test.each<[string[], string]>([
  [['--regex', 'a(b'], 'Unmatched ('],
  [['--search', 'a', '--regex', 'b'], 'exclude each other'],
  [['--search', 'a', '--job', 'nojob'], 'there is no job nojob'],
  [['--job', 'nojob'], 'has no job nojob'],
])('%j is refused, and said', async (args, words) => {
  const { code, err } = await logs(runs[0]!, ...args);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(words) });
});
