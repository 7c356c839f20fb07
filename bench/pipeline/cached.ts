import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunView } from '@kova/control/api';
import { medianOf } from '@kova/core/median';
import { beside, type Figure, figure } from '../result.ts';
import { requireDone, type Shop } from './shop.ts';

const execute = promisify(execFile);
const turbo = join(import.meta.dirname, '../../node_modules/.bin/turbo');

/** The jobs whose results may be taken from earlier runs, with what they need: eight. */
export const kept = [
  'code-quality',
  'unit-tests',
  'integration-tests',
  'e2e-tests',
  'performance-audit',
  'bundle-analysis',
];

/** All results are known: what it takes to find that out, beside Turborepo for the same graph. */
export async function cached(shop: Shop, samples: number): Promise<Figure[]> {
  const first = await shop.prove(...kept);
  requireDone(first);
  const peer = await peerOf(shop, first.run);
  try {
    const own: number[] = [];
    const theirs: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const again = await shop.prove(...kept);
      const missed = again.run.jobs.filter((job) => !job.cached).map(({ name }) => name);
      if (missed.length > 0) throw new Error(`not taken from before: ${missed.join(', ')}`);
      own.push(again.wallMs);
      theirs.push(await peer.again());
    }
    const [mine, other] = [medianOf(own) ?? 0, medianOf(theirs) ?? 0];
    const note = `${first.run.jobs.length} jobs, from the command line, medians by turns; Turborepo replays the same logs and restores no files`;
    return [
      beside('pipeline.cached.vs_turbo', mine, 'turbo, ms', other, '×', samples, note),
      figure('pipeline.cached_ms', Math.max(...own), 'ms', samples, 'worst'),
    ];
  } finally {
    await peer.remove();
  }
}

/** The same graph for Turborepo, in a copy of the same repository: tasks that print what Kova's jobs have printed. */
async function peerOf(shop: Shop, run: RunView) {
  const directory = join(shop.kova.home, 'turbo');
  await cp(shop.directory, directory, { recursive: true });
  const logs = join(directory, 'logs');
  await mkdir(logs);
  for (const { name } of run.jobs) {
    const from = join(shop.kova.home, 'logs/jobs', run.id, `${name}.log`);
    await cp(from, join(logs, `${name}.log`));
  }
  const file = join(directory, 'package.json');
  const scripts = Object.fromEntries(run.jobs.map(({ name }) => [name, `cat logs/${name}.log`]));
  const manifest = { ...JSON.parse(await readFile(file, 'utf8')), packageManager: 'npm@11.0.0', scripts };
  await writeFile(file, JSON.stringify(manifest, null, 2));
  const tasks = Object.fromEntries(run.jobs.map(({ name, needs }) => [name, { dependsOn: needs, outputs: [] }]));
  await writeFile(join(directory, 'turbo.json'), JSON.stringify({ tasks }, null, 2));
  // What it leaves itself must not count as a change.
  await appendFile(join(directory, '.gitignore'), '\n.turbo\n');
  await execute('git', ['-C', directory, 'add', '-A']);
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const names = run.jobs.map(({ name }) => name);
  const once = async () => {
    const began = performance.now();
    const { stdout } = await execute(turbo, ['run', ...names], { cwd: directory, env, maxBuffer: 1 << 26 });
    return { stdout, ms: performance.now() - began };
  };
  await once();
  return {
    async again(): Promise<number> {
      const { stdout, ms } = await once();
      if (!stdout.includes(`${names.length} cached, ${names.length} total`))
        throw new Error(`turbo: ${stdout.slice(-400)}`);
      return ms;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
