import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../testing/postgres.ts';
import { endExecution, forgetExecutions, newestExecutions, recordExecution } from './executions.ts';

const place = { project: 'shop', environment: 'production' };
const wish = { ...place, instance: 'i-1', release: 'rel_1', argv: ['true'], terminal: false, requestedBy: 'ada' };
const ended = { exitCode: 0, reason: null };

test('commands are forgotten so many days after they have ended, and those that run never', async () => {
  const { db, drop } = await testDatabase();
  onTestFinished(drop);
  await db.insertInto('projects').values({ name: 'shop' }).execute();
  await db.insertInto('environments').values({ project: 'shop', name: 'production', position: 0 }).execute();
  const longAgo = new Date(Date.now() - 91 * 86_400_000);
  const [old, recent, running] = [
    await recordExecution(db, wish),
    await recordExecution(db, wish),
    await recordExecution(db, wish),
  ];
  await db.updateTable('executions').set({ started_at: longAgo }).execute();
  await endExecution(db, old, ended);
  await db.updateTable('executions').set({ ended_at: longAgo }).where('id', '=', old).execute();
  await endExecution(db, recent, ended);
  await forgetExecutions(db, 90);
  const left = await newestExecutions(db, 'shop', null, 10);
  expect(left.map(({ id }) => id).sort()).toEqual([recent, running].sort());
});
