import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { jobFilesPath, openJobLog } from './log.ts';

test.each([
  ['unit-tests', 'unit-tests'],
  ['unit[PATTERN=../*.ts]', 'unit%5BPATTERN%3D..%2F%2A.ts%5D'],
  [`unit[A=${'é'.repeat(200)}]`, expect.stringMatching(/^unit%5BA%3D(%C3%A9)+.*-[0-9a-f]{16}$/)],
])('the log of any job is a file of its run: %s', async (name, file) => {
  const logs = await mkdtemp(join(tmpdir(), 'kova-logs-'));
  onTestFinished(() => rm(logs, { recursive: true, force: true }));
  const log = await openJobLog(logs, { run: 'run_1', name });
  await log.write('said');
  await log.close();
  const [found = ''] = await readdir(join(logs, 'jobs', 'run_1'));
  expect(found.replace(/\.log$/, '')).toEqual(file);
  expect(`${jobFilesPath(logs, { run: 'run_1', name })}.log`).toBe(log.path);
});
