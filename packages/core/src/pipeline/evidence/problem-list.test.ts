import { expect, test } from 'vitest';
import { ProblemList } from './problem-list.ts';

test('what is not kept is not even made, and a worse one that comes late has its place', () => {
  const problems = new ProblemList();
  let made = 0;
  const make = () => {
    made += 1;
    return { message: 'm\u001b[31m\n\u00a0n', rule: null, file: null, line: null };
  };
  for (let i = 0; i < 1000; i += 1) problems.add('note', make);
  problems.add('error', make);
  expect(made).toBe(101);
  expect(problems.result().problemCount).toBe(1001);
  expect(problems.result().problems).toHaveLength(100);
  expect(problems.result().problems[0]).toEqual({
    severity: 'error',
    message: 'm [31m n',
    rule: null,
    file: null,
    line: null,
  });
});
