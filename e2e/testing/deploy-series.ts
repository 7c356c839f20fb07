import { inStore } from './books.ts';
import type { TestKova } from './kova.ts';
import { Visitors } from './visitors.ts';

/** What became of deployments that were asked for one after the other. */
export interface Series {
  /** How many are recorded as having become live, once each. */
  done: number;
  /** Those that did not become live, with why. */
  lost: string[];
  /** Those that became live more than once, or are recorded more than once. */
  doubled: string[];
  /** Releases in the order in which one user saw them, from the one before the first. */
  saw: string[];
}

/**
 * Deploys the releases to production, one after the other; `during` is called with the number of each, from 0 on, once
 * it was asked for. What it returns is waited for at the end.
 */
export async function deploySeries(
  kova: TestKova,
  releases: readonly string[],
  during: (number: number) => Promise<void> | undefined,
): Promise<Series> {
  const before = await deployments(kova);
  const user = new Visitors(kova.control.edge, 'production.shop.localhost', 1, 20);
  const { asked, lost } = await deployEach(kova, releases, during).finally(() => user.stop());
  const recorded = (await deployments(kova)).slice(before.length);
  const doubled = recorded.filter(({ id, lives }) => !asked.includes(id) || lives > 1).map(({ id }) => id);
  const done = recorded.filter(({ id, lives }) => asked.includes(id) && lives === 1).length;
  return { done, lost, doubled, saw: user.people[0]?.releases.filter((release) => release !== 'undefined') ?? [] };
}

async function deployEach(
  kova: TestKova,
  releases: readonly string[],
  during: (number: number) => Promise<void> | undefined,
): Promise<{ asked: string[]; lost: string[] }> {
  const faults: (Promise<void> | undefined)[] = [];
  const lost: string[] = [];
  const asked: string[] = [];
  for (const [number, release] of releases.entries()) {
    const id = await kova.act('deployments', { release });
    asked.push(id);
    faults.push(during(number));
    const { phase, reason } = await kova.ended(id);
    if (phase !== 'live') lost.push(`${number}: ${release} ${phase}: ${reason}`);
  }
  await Promise.all(faults);
  return { asked, lost };
}

/** All of production, the oldest first, with how often each became live. */
async function deployments(kova: TestKova): Promise<{ id: string; lives: number }[]> {
  const rows = await inStore(
    kova.home,
    `select deployments.id, (select count(*)::int from deployment_events where deployment = deployments.id
      and deployment_events.phase = 'live') as lives
      from deployments where environment = 'production' order by created_at`,
  );
  return rows.map(({ id, lives }) => ({ id: String(id), lives: Number(lives) }));
}
