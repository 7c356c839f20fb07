import type { StreamEvent } from '@kova/control/api';
import { expect, test } from 'vitest';
import { clock } from './duration.ts';
import { liveProgress, render } from './live.ts';
import { plainProgress } from './plain.ts';
import { plain } from './table.ts';

const at = '2026-01-01T12:00:01.000Z';
const phase = (name: string, reason: string): StreamEvent =>
  ({
    type: 'phase',
    deployment: 'dep_1',
    environment: 'production',
    release: 'rel_1',
    phase: name,
    reason,
    at,
  }) as StreamEvent;

const job = (name: string, state: string, said: object = {}): StreamEvent =>
  ({
    ...{ type: 'job', run: 'run_1', environment: null, job: name, state, reason: '', cached: false, durationMs: null },
    ...{ at, ...said },
  }) as StreamEvent;

test('each event is a line', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    () => new Date(at),
  );
  progress.show(job('install', 'passed', { cached: true }));
  progress.show(job('build', 'passed', { durationMs: 2100 }));
  progress.show(job('lint', 'failed', { reason: '\x1b[32m`npm run lint`\x1b[0m failed:\nlines' }));
  progress.show(job('e2e-tests', 'passed', { environment: 'staging', durationMs: 900 }));
  progress.show(phase('queued', ''));
  progress.show(phase('awaiting-approval', 'rel_1 waits for 1 approval'));
  progress.show(phase('stabilizing', 'all traffic is on green'));
  progress.end();
  const time = clock(new Date(at));
  expect(time).toMatch(/^\d\d:00:01$/);
  expect(lines).toEqual([
    `${time} install  passed  cached`,
    `${time} build  passed  2.1 s`,
    `${time} lint  failed  \`npm run lint\` failed:`,
    `${time} staging  check e2e-tests  passed  900 ms`,
    `${time} production  queued`,
    `${time} production  awaiting-approval  rel_1 waits for 1 approval`,
    '→ say yes with: kova approve production',
    `${time} production  stabilizing  all traffic is on green`,
  ]);
});

test('on a terminal the last state stays, drawn in place', () => {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const progress = liveProgress({ columns: 60, write } as Parameters<typeof liveProgress>[0]);
  progress.show(job('build', 'running'));
  progress.show(job('build', 'passed', { durationMs: 2100 }));
  progress.show(phase('stabilizing', `all traffic is on green${'.'.repeat(200)}`));
  progress.show(phase('live', 'it held'));
  progress.end();
  const last = written.slice(written.lastIndexOf('\x1b[0J') + '\x1b[0J'.length);
  expect(last).toMatch(/^✓ build +passed +2\.1 s\n✓ production +live +it held\n$/);
});

test('no line is wider than the screen', () => {
  const row = { environment: 'production', phase: 'awaiting-approval' as const, reason: 'x'.repeat(200), at };
  const jobs = new Map([
    ['unit-tests', { environment: null, name: 'unit-tests', state: 'failed' as const, said: 'y'.repeat(200), at }],
  ]);
  const applied = new Map([['production', 'z'.repeat(200)]]);
  const lines = render({ applied, jobs, rows: new Map([['dep_1', row]]), startedAt: at }, '*', 30);
  expect(lines.map((line) => plain(line).length)).toEqual([30, 30, 30, 30]);
});

test('a run that waits for its turn says for what', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    () => new Date(0),
  );
  progress.show({ type: 'queued', run: 'run_1', branch: 'main' });
  expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d waits for the run of main before it$/)]);
});
