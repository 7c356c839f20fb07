import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { KovaError } from '@kova/core/errors/kova-error';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { launchWorkflows } from '../launch.ts';
import { type StepOptions, step } from './step.ts';

let database: TestDatabase;
let current: { options: StepOptions; work: (signal: AbortSignal) => Promise<unknown> };
const inWorkflow = DBOS.registerWorkflow(() => step(current.options, current.work), { name: 'one-step' });
const run = (options: StepOptions, work: (signal: AbortSignal) => Promise<unknown>) => {
  current = { options, work };
  return inWorkflow();
};

beforeAll(async () => {
  database = await testDatabase();
  await launchWorkflows(database.url, 'test');
});
afterAll(async () => {
  await DBOS.shutdown();
  await database.drop();
});

const away = () => new KovaError('EDGE_UNAVAILABLE', 'no answer');

test('what can come up anywhere says in which step it did', async () => {
  const failing = run({ name: 'shift.100', deadlineMs: 5000 }, () => Promise.reject(away()));
  await expect(failing).rejects.toMatchObject({ code: 'EDGE_UNAVAILABLE', message: '"shift.100" failed: no answer' });
});

// https://github.com/basecamp/kamal/issues/1587
test('a step that hears nothing ends by its deadline, and is named', async () => {
  const deaf = run({ name: 'prepare', deadlineMs: 200 }, () => new Promise(() => {}));
  await expect(deaf).rejects.toMatchObject({ code: 'STEP_TIMEOUT', message: '"prepare" did not end within 200 ms' });
});

// https://github.com/coollabsio/coolify/issues/5850
test('when a step is ended, what it leaves is cleaned up before that is told', async () => {
  let clean = false;
  const aborted = async () => ({ reason: 'aborted by ada' });
  const work = async (signal: AbortSignal) => {
    await once(signal, 'abort');
    await setImmediate();
    clean = true;
  };
  const ended = run({ name: 'ship.build', deadlineMs: 5000, aborted }, work);
  await expect(ended).rejects.toMatchObject({ code: 'CANCELLED', message: 'aborted by ada' });
  expect(clean).toBe(true);
});
