import { shipBadRelease } from './bad-release.ts';
import { shipChange } from './changes.ts';
import { bringUsers, firstShip, open } from './first.ts';
import { count, seconds } from './say.ts';
import { summarise } from './seen.ts';
import type { LoadedTale, Scene } from './tale.ts';

/** Kova's story, step by step; returns its figures. */
export async function tellStory(scene: Scene): Promise<object> {
  const { tale: opening, commit, upMs } = await open(scene);
  const first = await firstShip(opening, commit);
  const tale = await bringUsers(opening);
  try {
    const good = await shipChange(tale, 'A good change, under load', 'good-change.patch', 'A good change');
    const bad = await shipBadRelease(tale);
    const fix = await shipChange(tale, 'Fix forward, under load', 'fix-forward.patch', 'Fix forward');
    const delivery = await tellDelivery(tale);
    return { upMs, first, good, bad, fix, delivery };
  } finally {
    await tale.load.stop();
  }
}

async function tellDelivery({ say, claims, driver, load }: LoadedTale): Promise<object> {
  say.chapter('What it was worth: the delivery metrics of production');
  const card = await driver.scorecard();
  const ms = (value: number | null) => (value === null ? 'no data' : seconds(value));
  const { changeFailRate, leadTime, recoveryTime } = card;
  const rate = changeFailRate.rate === null ? 'no data' : `${Math.round(changeFailRate.rate * 100)} %`;
  say.figure('deployments', `${card.deployments}`);
  say.figure('lead time', `${ms(leadTime.ms)} from commit to live, median of ${leadTime.n}`);
  say.figure('change fail rate', `${rate} of ${changeFailRate.n}`);
  say.figure('recovery', `${ms(recoveryTime.ms)}, median of ${recoveryTime.n}`);
  claims.claim(
    'Kova counted 4 changes, of which 1 failed and was recovered from',
    card.deployments === 4 && changeFailRate.rate === 0.25 && recoveryTime.n === 1,
  );
  const users = summarise(load.since(0));
  const { requests, dropped, p50, p95 } = users;
  say.figure(
    'all users',
    `${count(requests)} requests, ${count(dropped)} failed (the bad release's included); p50 ${p50} ms, p95 ${p95} ms`,
  );
  return { ...card, users };
}
