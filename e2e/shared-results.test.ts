import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunView } from '@kova/control/api';
import { openBucket, type TestBucket } from '@kova/control/testing/bucket';
import { afterAll, expect, test } from 'vitest';
import { node } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';

let bucket: TestBucket;
const machines: TestKova[] = [];
afterAll(async () => {
  for (const kova of machines) await kova.close();
  await bucket?.remove();
});

const machine = async () => {
  const kova = await TestKova.start(bucket.env);
  machines.push(kova);
  return kova;
};
const version = {
  text: 'shared',
  pipeline: `{ use: 'none', jobs: {
    make: { run: [${node("console.log('made here'); require('fs').writeFileSync('made', 'same')")}], outputs: ['made'] },
    use: { run: [${node("console.log(require('fs').readFileSync('made', 'utf8'))")}], needs: ['make'], cache: false },
  } }`,
};
const cached = (run: RunView) =>
  run.jobs.map(({ name, state, cached: was }) => `${name} ${state}${was ? ' cached' : ''}`);
const prove = async (kova: TestKova) => kova.proved(await kova.prove(await kova.send(version)));
const controlLog = (kova: TestKova) => readFileSync(join(kova.home, 'logs/control.log'), 'utf8');

test('what one machine has made another takes over, with its log; without the bucket it makes it itself', async () => {
  bucket = await openBucket();
  const one = await machine();
  expect(cached(await prove(one))).toEqual(['make passed', 'use passed']);
  const other = await machine();
  const run = await prove(other);
  expect(cached(run)).toEqual(['make passed cached', 'use passed']);
  expect(readFileSync(join(other.home, 'logs/jobs', run.id, 'make.log'), 'utf8')).toContain('made here');
  await bucket.stop();
  const third = await machine();
  expect(cached(await prove(third))).toEqual(['make passed', 'use passed']);
  expect(controlLog(third).match(/results are not shared for a minute/g)).toHaveLength(1);
});
