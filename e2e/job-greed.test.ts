import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runJobs, startJobs } from './testing/jobs.ts';
import { TestKova } from './testing/kova.ts';

const limited = process.platform === 'linux' && process.getuid?.() === 0;

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

/** Processes whose environment or command line names the text. */
function naming(text: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => pid !== process.pid && !isGone(pid) && commandOf(pid).includes(text));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const bomb = (marker: string) => `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
writeFileSync('bomb.sh', 'while :; do setsid sh bomb.sh ${marker} & done');
spawn('sh', ['bomb.sh', '${marker}'], { detached: true, stdio: 'ignore' });
setInterval(() => {}, 1000);`;

test('what forks for ever is held and ended; another job, the app and Kova go on meanwhile', async ({ skip }) => {
  if (!limited) skip('processes are limited by cgroups, which want root on Linux');
  const marker = `kova-bomb-${process.pid}`;
  const run = await startJobs(kova, {
    bomb: { script: bomb(marker), more: "timeout: '8s'" },
    other: {
      script: `import { execFileSync } from 'node:child_process';
        for (let i = 0; i < 40; i += 1) { execFileSync('true'); await new Promise((done) => setTimeout(done, 100)); }`,
      more: "timeout: '60s'",
    },
  });
  const answers = await slowestAnswerUntil(run, 120_000);
  const ended = await kova.proved(run);
  const reasons = Object.fromEntries(ended.jobs.map(({ name, reason }) => [name, reason]));
  expect(reasons.bomb).toMatch(
    /^it was held at \d+ processes and threads\n`node jobs\/bomb\.mjs` was not done within 8 s/,
  );
  expect(ended.jobs.find(({ name }) => name === 'other')).toMatchObject({ state: 'passed' });
  expect(naming(marker)).toEqual([]);
  expect(answers).toBeLessThan(10_000);
});

// https://github.com/caprover/caprover/issues/2092
test('a job that eats all memory ends alone: Kova, edge and app keep their processes and answer', async ({ skip }) => {
  if (!limited) skip('memory is limited by cgroups, which want root on Linux');
  await kova.shipped({ text: 'live' });
  const processes = async () => (await kova.environment()).instances.map(({ pid }) => pid).sort();
  const edge = () => (JSON.parse(readFileSync(join(kova.home, 'edge/edge.json'), 'utf8')) as { pid: number }).pid;
  const before = [kova.control.pid, edge(), ...(await processes())];
  const script = 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1));';
  const run = await startJobs(kova, { greedy: { script, more: "memory: '256mb'" } });
  const bad: number[] = [];
  let seen: RunView;
  do {
    const { status } = await kova.get();
    if (status !== 200) bad.push(status);
    seen = await kova.call<RunView>('GET', `/v1/runs/${run}`);
  } while (seen.state === 'running');
  expect(seen.jobs[0]!.reason).toContain('it was ended for taking more than the 256 MiB of memory that it may have');
  expect(bad).toEqual([]);
  expect([kova.control.pid, edge(), ...(await processes())]).toEqual(before);
  expect(before.filter((pid) => pid === null || isGone(pid))).toEqual([]);
});

test('a job that closes its output and goes on is waited for, judged by its code, and held to its time', async () => {
  const closing = "import { closeSync } from 'node:fs'; console.log('last words'); closeSync(1); closeSync(2);";
  const run = await runJobs(kova, {
    works: { script: `${closing} setTimeout(() => process.exit(0), 2500);` },
    fails: { script: `${closing} setTimeout(() => process.exit(7), 2500);` },
  });
  const of = (name: string) => run.jobs.find((job) => job.name === name);
  expect(of('works')).toMatchObject({ state: 'passed' });
  expect(of('works')!.durationMs).toBeGreaterThan(2400);
  expect(of('fails')!.reason).toContain('ended with exit code 7');
  const late = await runJobs(kova, {
    hangs: { script: `${closing} setInterval(() => {}, 1000);`, more: "timeout: '3s'" },
  });
  expect(late.jobs[0]!.reason).toContain('was not done within 3 s');
});

test('a grandchild that left for a session of its own, twice removed, ends with the job', async () => {
  const marker = `kova-daemon-${process.pid}`;
  const inner = `require('child_process').spawn('setsid', ['sh', '-c', 'exec sleep 7392 # ${marker}'], { detached: true, stdio: 'ignore', env: {} }).unref()`;
  const script = `import { spawn } from 'node:child_process';
    process.chdir('/');
    spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { detached: true, stdio: 'ignore', env: { PATH: process.env.PATH } }).unref();
    setTimeout(() => {}, 1500);`;
  const run = await startJobs(kova, { daemon: { script } });
  await kova.until(
    async () => sleepers(),
    (found) => found > 0,
  );
  expect(await kova.proved(run)).toMatchObject({ state: 'passed' });
  expect(sleepers()).toBe(0);
  expect(naming(marker)).toEqual([]);
});

const sleepers = () => naming('sleep\x007392').length;

test('output at full speed fills the log to its limit, which is said, and the job goes on', async () => {
  const script = `import { writeSync } from 'node:fs';
    const block = Buffer.from(('x'.repeat(1023) + '\\n').repeat(256));
    const write = (bytes) => { for (let at = 0; at < bytes.length; ) { try { at += writeSync(1, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; } } };
    for (let i = 0; i < 1100; i += 1) write(block);`;
  const before = residentMb();
  const run = await startJobs(kova, { loud: { script } });
  const slowest = await slowestAnswerUntil(run, 120_000);
  expect(await kova.proved(run)).toMatchObject({ state: 'passed' });
  const log = readFileSync(join(kova.home, 'logs/jobs', run, 'loud.log'), 'utf8');
  expect(log.length).toBeGreaterThan(250 * 1024 ** 2);
  expect(log.length).toBeLessThan(257 * 1024 ** 2);
  expect(log.slice(-100)).toContain('the rest is left out: the log is full');
  console.info(`slowest answer: ${Math.round(slowest)} ms; memory grew by ${Math.round(residentMb() - before)} MiB`);
  expect(slowest).toBeLessThan(2000);
});

function residentMb(): number {
  const status = readFileSync(`/proc/${kova.control.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** The longest time that an answer took while a run was under way, ms. */
async function slowestAnswerUntil(run: string, limitMs: number): Promise<number> {
  let slowest = 0;
  for (const until = Date.now() + limitMs; Date.now() < until; ) {
    const at = performance.now();
    const { state } = await kova.call<RunView>('GET', `/v1/runs/${run}`);
    slowest = Math.max(slowest, performance.now() - at);
    if (state !== 'running') return slowest;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${run} did not end`);
}
