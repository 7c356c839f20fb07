import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Refused } from './driver.ts';
import { now } from './load.ts';
import { count, seconds } from './say.ts';
import { type Answer, isDropped, summarise } from './seen.ts';
import { inProduction, momentOf, type Shipped, tellShip } from './ship.ts';
import { type LoadedTale, production } from './tale.ts';

/** An answer that took longer than this is a bad one, ms. */
const slowMs = 1000;

/** Ships a release whose health check is well and whose users suffer. Nobody steps in but Kova. */
export async function shipBadRelease(tale: LoadedTale): Promise<object> {
  const { say, driver, load, repository } = tale;
  say.chapter('A bad release: its health check is well, its users suffer');
  const good = (await driver.environment(production)).live?.release ?? '';
  const startedAt = now();
  const commit = await repository.apply(join(tale.patches, 'bad-release.patch'), 'A bad release');
  const shipped = await tellShip(tale, commit);
  await delay(1000);
  const answers = load.since(startedAt);
  const times = tellRollback(tale, shipped, answers);
  await claimGoodServes(tale, shipped, answers, good);
  await claimHeld(tale, commit, shipped.ship.release ?? '');
  const deployment = inProduction(shipped);
  return { commit, release: shipped.ship.release, phase: deployment?.phase, reason: deployment?.reason, ...times };
}

/** In words and figures: why, how fast, and what users saw of it. */
function tellRollback({ say, claims }: LoadedTale, shipped: Shipped, answers: readonly Answer[]): object {
  const deployment = inProduction(shipped);
  const bad = answers.filter(({ release }) => release === shipped.ship.release);
  const first = bad.find((answer) => isDropped(answer) || answer.at - answer.sentAt > slowMs);
  const decidedAt = momentOf(shipped.phases, 'reverting');
  const last = bad.at(-1);
  say.figure('why', deployment?.reason ?? 'no deployment in production');
  const decisionMs = first && decidedAt ? decidedAt - first.at : null;
  const backMs = last && decidedAt ? last.at - decidedAt : null;
  if (decisionMs !== null) say.figure('seen', `${seconds(decisionMs)} from the first bad answer to the decision`);
  if (backMs !== null)
    say.figure('traffic back', `${Math.round(backMs)} ms from the decision to the last answer of the bad release`);
  const suffered = summarise(bad);
  const { requests, dropped, p50, p95 } = suffered;
  say.figure('users saw of it', `${count(requests)} answers, ${count(dropped)} failed; p50 ${p50} ms, p95 ${p95} ms`);
  claims.claim(
    'Kova rolled back by itself',
    deployment?.phase === 'rolled-back' && deployment.health === 'failed' && bad.length > 0 && backMs !== null,
  );
  return { firstBadAnswerToDecisionMs: decisionMs, decisionToLastBadAnswerMs: backMs, users: suffered };
}

async function claimGoodServes(
  { claims, driver, load }: LoadedTale,
  { ship }: Shipped,
  answers: readonly Answer[],
  good: string,
): Promise<void> {
  const others = answers.filter(({ release }) => release !== ship.release);
  const lost = others.filter(isDropped);
  claims.claim(
    `${count(others.length)} other requests before, during and after, ${lost.length} dropped`,
    others.length > 0 && lost.length === 0,
  );
  const from = now();
  await delay(1000);
  const after = load.since(from);
  const { live } = await driver.environment(production);
  claims.claim(
    `production serves ${good} again: all of the next ${after.length} answers`,
    live?.release === good && after.length > 0 && after.every(({ release }) => release === good),
  );
}

/** The commit must not come back by itself. */
async function claimHeld({ claims, say, driver, repository }: LoadedTale, commit: string, release: string) {
  const { held } = await driver.environment(production);
  claims.claim(
    `commit ${commit.slice(0, 10)} is held in production`,
    held.some((each) => each.commit === commit),
  );
  const answer = await driver.deploy(release, production).catch((error: unknown) => error);
  const code = answer instanceof Refused ? answer.code : 'taken';
  claims.claim(`deploying it again is refused: ${code}`, code === 'COMMIT_HELD');
  if (code === 'taken') throw new Error('the bad release was taken again; nothing after it would mean anything');
  const again = await driver.ship(commit, await repository.bundle(), 'nobody');
  if (again.error) say.figure('Kova says', again.error.message);
  claims.claim(
    'shipping the same commit again is refused in production',
    again.state === 'failed' && again.error?.message.includes('is held in production') === true,
  );
}
