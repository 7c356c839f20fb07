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

test('each event is a line', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    () => new Date(at),
  );
  progress.show({ type: 'line', text: '\x1b[32mnpm ci\x1b[0m' });
  progress.show(phase('queued', ''));
  progress.show(phase('awaiting-approval', 'rel_1 waits for 1 approval'));
  progress.show(phase('stabilizing', 'all traffic is on green'));
  progress.end();
  const time = clock(new Date(at));
  expect(time).toMatch(/^\d\d:00:01$/);
  expect(lines).toEqual([
    `${time} build  npm ci`,
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
  progress.show({ type: 'line', text: 'compiling' });
  progress.show(phase('stabilizing', `all traffic is on green${'.'.repeat(200)}`));
  progress.show(phase('live', 'it held'));
  progress.end();
  const last = written.slice(written.lastIndexOf('\x1b[0J') + '\x1b[0J'.length);
  expect(last).toMatch(/^✓ production +live +it held\n$/);
});

test('no line is wider than the screen', () => {
  const row = { environment: 'production', phase: 'awaiting-approval' as const, reason: 'x'.repeat(200), at };
  const build = ['y'.repeat(200)];
  const lines = render(
    { jobs: new Map(), rows: new Map([['dep_1', row]]), build, buildState: 'running', startedAt: at },
    '*',
    30,
  );
  expect(lines.map((line) => plain(line).length)).toEqual([expect.any(Number), 30, 30, 30]);
});

test('a failed build leaves its last lines', () => {
  const screen = {
    jobs: new Map(),
    rows: new Map(),
    build: ['one', 'two'],
    buildState: 'failed' as const,
    startedAt: at,
  };
  expect(render(screen, '*', 80)).toEqual(['✗ build', '  one', '  two']);
});
