import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AppVersion, commitVersion } from '../../e2e/testing/app.ts';
import { freePort } from '../../e2e/testing/free-port.ts';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';
import { lastAnswer, story } from './moments.ts';
import { loadOn } from './rollbacks.ts';

const instances = 2;
const environments = `{ production: { stability: '500ms', standby: '1s', instances: ${instances} } }`;
const slow: AppVersion = {
  text: 'starts in a second',
  atStart: 'await new Promise((resolve) => setTimeout(resolve, 1000));',
  environments,
};

/** What a rollback takes beyond the app's own start when the standby was stopped long ago. */
export async function coldRollbacks(kova: TestKova, runs: number): Promise<Figure[]> {
  await kova.shipped(slow);
  const extra: number[] = [];
  const starts: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const own = await bareStart();
    extra.push((await coldRollback(kova, run)) - own);
    starts.push(Math.round(own));
  }
  const note = `worst; request to the last answer of the release that is left, less the app's own start, measured bare beside it (${starts.join(', ')} ms)`;
  return [figure('ship.rollback.cold_extra_ms', Math.max(...extra), 'ms', runs, note)];
}

async function coldRollback(kova: TestKova, run: number): Promise<number> {
  const { release } = await kova.shipped({ text: `left ${run}`, environments });
  await kova.until(
    () => kova.environment(),
    ({ standby }) => standby === null,
  );
  const load = await loadOn(kova, release ?? '');
  const asked = Date.now();
  const id = await kova.act('rollback');
  await kova.ended(id);
  const last = lastAnswer(await load.stop(), release ?? '');
  if ((await story(kova, id)).some(({ reason }) => reason === 'the standby is warm'))
    throw new Error(`the standby was still there for ${id}`);
  return last - asked;
}

/** As many instances as Kova starts, side by side without it: until all answer their health check. */
async function bareStart(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'kova-bench-bare-'));
  commitVersion(directory, slow);
  const ports = await Promise.all(Array.from({ length: instances }, freePort));
  const began = performance.now();
  const children = ports.map((port) =>
    spawn(process.execPath, [join(directory, 'server.mjs')], {
      stdio: 'ignore',
      env: { PORT: String(port), HOST: '127.0.0.1' },
    }),
  );
  await Promise.all(ports.map(answers));
  const took = performance.now() - began;
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
  return took;
}

async function answers(port: number): Promise<void> {
  const asks = () => fetch(`http://127.0.0.1:${port}/health`).then(({ ok }) => ok);
  while (!(await asks().catch(() => false))) await delay(5);
}
