import { join } from 'node:path';
import { now } from './load.ts';
import { count, seconds } from './say.ts';
import { byRelease, isDropped, type Summary, summarise } from './seen.ts';
import { momentOf, type Shipped, tellShip } from './ship.ts';
import { type LoadedTale, production } from './tale.ts';

/** What repository.ts writes as production's stability, ms. */
const windowMs = 15_000;

/** `1,234 served, 0 dropped; 118/s, p50 9 ms, p95 31 ms`. */
export function tellSummary({ served, dropped, perSecond, p50, p95 }: Summary): string {
  return `${count(served)} served, ${count(dropped)} dropped; ${perSecond}/s, p50 ${p50} ms, p95 ${p95} ms`;
}

/** Ships a change under load: users must not notice. */
export async function shipChange(tale: LoadedTale, title: string, patch: string, message: string): Promise<object> {
  const { say, claims, driver, load, repository } = tale;
  say.chapter(title);
  const before = (await driver.environment(production)).live?.release ?? '';
  const startedAt = now();
  const shipped = await tellShip(tale, await repository.apply(join(tale.patches, patch), message));
  const { ship, phases, tookMs } = shipped;
  const answers = load.since(startedAt);
  const seen = summarise(answers);
  say.figure('users saw', tellSummary(seen));
  for (const [release, part] of byRelease(answers)) say.figure('', `${release}: ${tellSummary(summarise(part))}`);
  const problems = new Set(answers.filter(isDropped).map(({ problem, status }) => problem ?? `status ${status}`));
  for (const problem of problems) say.warn(`dropped: ${problem}`);
  const shiftedAt = momentOf(phases, 'shifting');
  const first = answers.find(({ release }) => release === ship.release);
  const firstMs = shiftedAt && first ? Math.max(0, first.at - shiftedAt) : null;
  if (firstMs !== null) say.figure('the switch', `first answer of the new release ${seconds(firstMs)} after the word`);
  claims.claim(
    `${count(seen.requests)} requests around the blue/green switch, ${seen.dropped} dropped`,
    seen.requests > 0 && seen.dropped === 0,
  );
  claimWindow(tale, shipped);
  const live = (await driver.environment(production)).live?.release;
  claims.claim(
    `production went from ${before} to ${ship.release}`,
    ship.state === 'done' && live === ship.release && live !== before && first !== undefined,
  );
  return { release: ship.release, state: ship.state, tookMs: Math.round(tookMs), firstAnswerMs: firstMs, users: seen };
}

/** Live is what has held its window, not what was switched to. */
function claimWindow({ claims }: LoadedTale, { phases }: Shipped): void {
  const heldMs = (momentOf(phases, 'live') ?? 0) - (momentOf(phases, 'stabilizing') ?? 0);
  claims.claim(`it held its stability window: ${seconds(Math.max(0, heldMs))} of 15 s`, heldMs >= windowMs);
}
