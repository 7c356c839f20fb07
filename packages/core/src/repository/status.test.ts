import { expect, test } from 'vitest';
import { type CommitWork, statusesOf } from './status.ts';

const work = (change: Partial<CommitWork>): CommitWork => ({
  ...{ trigger: { state: 'started', reason: '' }, run: null, ship: null },
  ...change,
});
const told = (change: Partial<CommitWork>) =>
  statusesOf(work(change)).map(({ context, state, description }) => `${context} ${state}: ${description}`);

test.each<[Partial<CommitWork>, string[]]>([
  [{ trigger: { state: 'accepted', reason: '' } }, []],
  [{ trigger: { state: 'ignored', reason: 'known' } }, []],
  [{ trigger: { state: 'failed', reason: 'not there' } }, ['kova/pipeline error: not there']],
  [{ trigger: { state: 'superseded', reason: 'by b' } }, ['kova/pipeline error: by b']],
  [{ run: { state: 'queued', reason: '' } }, ['kova/pipeline pending: Kova is at work on it']],
  [{ run: { state: 'running', reason: '' } }, ['kova/pipeline pending: Kova is at work on it']],
  [{ run: { state: 'passed', reason: '9 jobs passed' } }, ['kova/pipeline success: 9 jobs passed']],
  [{ run: { state: 'failed', reason: 'unit: 2 failed\nlog' } }, ['kova/pipeline failure: unit: 2 failed']],
  // Never green.
  [{ run: { state: 'inconclusive', reason: 'not checked: lint' } }, ['kova/pipeline error: not checked: lint']],
  [
    { run: { state: 'passed', reason: 'good' }, ship: { state: 'deploying', reason: '' } },
    ['kova/pipeline success: good', 'kova/ship pending: Kova is at work on it'],
  ],
  [{ ship: { state: 'superseded', reason: 'by b' } }, ['kova/ship error: by b']],
])('%j', (change, wanted) => expect(told(change)).toEqual(wanted));

test('a reason is cut to what providers take', () => {
  const [status] = statusesOf(work({ run: { state: 'failed', reason: 'x'.repeat(500) } }));
  expect(status!.description).toHaveLength(140);
});
