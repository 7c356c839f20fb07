import type { Place } from '../check.ts';
import { type Load, type LoadWish, measureLoad } from '../load/measure.ts';
import { judge, type Thresholds, verdictOf } from '../load/thresholds.ts';
import { junitReport } from '../report/junit.ts';
import { dropReport, writeReport } from '../report/write.ts';
import { assertOwn } from '../target/loopback.ts';
import { readTarget } from '../target/target.ts';
import { type Definition, documented, numberIn, several, wholeNumber } from './definition.ts';

interface Options extends Thresholds {
  path?: string[];
  duration: number;
  connections: number;
}

const most = Number.MAX_SAFE_INTEGER;

export const loadCommand: Definition = (program, place) => {
  const command = program.command('load');
  documented(
    command,
    'put load on the app at BASE_URL, and judge how it bears it; refuses any host but this machine and KOVA_TARGET_HOSTS',
    'BASE_URL=http://127.0.0.1:3000 kova-check load --path / --duration 20 --max-p95 300 --max-error-rate 0.01',
  );
  command
    .option('--path <path>', 'what to ask; may be repeated (default: /)', several)
    .option('--duration <seconds>', 'for how long', numberIn(1, 300), 10)
    .option('--connections <n>', 'how many at once', wholeNumber(1, 1000), 10)
    .option('--min-rps <n>', 'answers a second that must be reached', numberIn(0, most))
    .option('--max-p95 <ms>', '95th percentile of the latency that may be reached', numberIn(0, most))
    .option('--max-error-rate <share>', 'share of failed requests that is borne, from 0 to 1', numberIn(0, 1), 0.01)
    .action((options: Options) => load(place, options));
};

async function load(place: Place, { path = ['/'], duration, connections, ...thresholds }: Options): Promise<void> {
  await dropReport(place, 'load.json');
  await dropReport(place, 'load.xml');
  const target = readTarget(place);
  assertOwn(target.base, place);
  const wish: LoadWish = { paths: path, seconds: duration, connections };
  const measured = await measureLoad(target, wish);
  const judged = judge(measured, thresholds);
  const verdict = verdictOf(judged);
  place.say(`${told(measured)}\n${verdict.outcome}: ${verdict.reason}`);
  await writeReport(place, 'load.json', { ...wish, ...measured, thresholds, judged, verdict });
  // Gates read it as tests: one for each threshold.
  const cases = judged.map(({ threshold, verdict: { outcome, reason } }) => ({
    ...{ name: threshold, seconds: duration, failure: outcome === 'pass' ? null : reason },
  }));
  await writeReport(place, 'load.xml', junitReport('load', cases));
}

function told({ requests, rps, latency, errors }: Load): string {
  const percentiles = Object.entries(latency ?? {}).map(([name, ms]) => `${name} ${ms} ms`);
  const failed = Object.entries(errors).map(([kind, count]) => `${count} ${kind}`);
  return [
    `${requests} requests, ${rps} a second`,
    percentiles.join(', ') || 'no answer',
    failed.join(', ') || 'no errors',
  ].join('; ');
}
