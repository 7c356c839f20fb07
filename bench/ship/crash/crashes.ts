import { setTimeout as delay } from 'node:timers/promises';
import type { TestKova } from '../../../e2e/testing/kova.ts';
import { Load, type Seen } from '../../../e2e/testing/load.ts';
import { type Figure, figure } from '../../result.ts';
import { type Deed, Deeds } from './deeds.ts';
import { crashAt, points } from './points.ts';
import { seeded } from './random.ts';

interface Options {
  /** Of the named points, how many. */
  named: number;
  /** Kills at random instants. */
  random: number;
  say: (line: string) => void;
}

const seed = 20_260_731;
const rotation: readonly Deed[] = ['deploy', 'revert', 'deploy', 'rollback'];

/** Kills the control plane (-9) at named points and at random instants of deploys and rollbacks, under one steady load. */
export async function crashes(kova: TestKova, { named, random, say }: Options): Promise<Figure[]> {
  const deeds = new Deeds(kova);
  await deeds.carryOut('deploy', 'what was before');
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const wrong: string[] = [];
  const note = (what: string, complaint: string | null) => {
    if (!complaint) return;
    say(`  ${what}: ${complaint}`);
    wrong.push(complaint);
  };
  const chosen = points.slice(0, named);
  for (const point of chosen) note(`${point.deed} killed at ${point.at}`, await crashAt(kova, deeds, point));
  say(`  ${chosen.length} named points done, ${random} random instants …`);
  await atRandom(kova, deeds, random, note);
  const seen = await load.stop();
  const lost = lostBy(seen, deeds.bad);
  for (const line of lost) say(`  dropped: ${line}`);
  const kills = `${chosen.length} named points, ${random} random instants (seed ${seed})`;
  const ends = [...deeds.ends].map(([end, count]) => `${count} ${end}`).join(', ');
  const settled = [...deeds.ends.values()].reduce((sum, count) => sum + count, 0);
  return [
    figure('ship.crash.dropped', lost.length, 'requests', chosen.length + random, `of ${seen.requests}; ${kills}`),
    figure(
      'ship.crash.unresolved',
      wrong.length,
      'deployments',
      settled,
      `${ends}; ledger and edge compared after each`,
    ),
  ];
}

/** Deeds back to back while the control plane is killed between 0.2 and 2 s after each start. */
async function atRandom(
  kova: TestKova,
  deeds: Deeds,
  kills: number,
  note: (what: string, complaint: string | null) => void,
): Promise<void> {
  const random = seeded(seed);
  let killing = true;
  const killer = (async () => {
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(200 + random() * 1800);
      kova.killControl();
      await kova.up();
    }
  })().finally(() => {
    killing = false;
  });
  for (let turn = 0; killing; turn += 1) {
    const deed = rotation[turn % rotation.length] ?? 'deploy';
    note(`${deed} ${turn}, killed at random`, await deeds.carryOut(deed, `random ${turn}`));
  }
  await killer;
}

/** Requests without an answer, and errors of releases that make none themselves. */
function lostBy(seen: Seen, bad: ReadonlySet<string>): string[] {
  const strange = [...seen.releases].filter(([release, { errors }]) => errors > 0 && !bad.has(release));
  return [
    ...seen.dropped,
    ...strange.flatMap(([release, { errors }]) => Array.from({ length: errors }, () => `500 of ${release}`)),
  ];
}
