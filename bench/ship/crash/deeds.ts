import type { EnvironmentView, ShipView } from '@kova/control/api';
import type { AppVersion } from '../../../e2e/testing/app.ts';
import type { TestKova } from '../../../e2e/testing/kova.ts';

/** What is asked of Kova while it is killed. */
export type Deed = 'deploy' | 'revert' | 'rollback';

const good = `{ production: { stability: '500ms' } }`;
const bad = `{ production: { stability: '20s', analysis: {
  minRequests: 5, rules: [{ signal: 'error-rate', above: 0.2, for: '500ms' }] } } }`;
const limitMs = 120_000;

/** Carries out deeds one after the other and says what came of them. */
export class Deeds {
  /** How the deployments ended: `live`, `rolled-back`. */
  readonly ends = new Map<string, number>();
  /** Releases whose own answers are 500. */
  readonly bad = new Set<string>();
  readonly #kova: TestKova;

  constructor(kova: TestKova) {
    this.#kova = kova;
  }

  /** @returns what is wrong afterwards; null when all is settled and the edge serves what the ledger says */
  async carryOut(deed: Deed, name: string): Promise<string | null> {
    try {
      const wrong = deed === 'rollback' ? await this.#rollBack() : await this.#ship(deed, name);
      return wrong ?? (await this.#disagreement());
    } catch (error) {
      return `not settled: ${(error as Error).message}`;
    }
  }

  async #ship(deed: 'deploy' | 'revert', name: string): Promise<string | null> {
    const version: AppVersion =
      deed === 'deploy' ? { text: name, environments: good } : { text: name, failing: 0.6, environments: bad };
    const { ship, commit } = await patiently(() => this.#kova.ship(version));
    if (deed === 'revert') this.bad.add(`rel_${commit.slice(0, 10)}`);
    const { state, error, deployments } = await this.#kova.until(
      () => this.#kova.call<ShipView>('GET', `/v1/ships/${ship}`),
      (view) => view.state === 'done' || view.state === 'failed',
      limitMs,
    );
    const end = deployments[0]?.phase ?? 'none';
    this.#count(end);
    // Asked for twice when an answer got lost, one of the two may overtake the other.
    const fine = [deed === 'deploy' ? 'live' : 'rolled-back', 'superseded'];
    return fine.includes(end) ? null : `${ship} is ${state}, ${end}: ${error?.message}`;
  }

  async #rollBack(): Promise<string | null> {
    const id = await patiently(() => this.#kova.act('rollback'));
    const { phase, reason } = await this.#kova.ended(id);
    this.#count(phase);
    return phase === 'live' ? null : `the rollback ${id} is ${phase}: ${reason}`;
  }

  #count(end: string): void {
    this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
  }

  async #disagreement(): Promise<string | null> {
    const before = await this.#quiet();
    const { release: served } = await this.#kova.get();
    const { live, weights } = await this.#quiet();
    if (live?.id !== before.live?.id) return this.#disagreement();
    if (!live?.colour) return `nothing is live, the edge serves ${served}`;
    if (served !== live.release) return `${live.release} is live, but the edge serves ${served}`;
    return weights[live.colour] === 100 ? null : `${live.colour} is live with ${weights[live.colour]} % of the traffic`;
  }

  /** The environment when nothing is at work or waits in it: an answer that got lost may have left a second wish. */
  #quiet(): Promise<EnvironmentView> {
    return this.#kova.until(
      () => this.#kova.environment(),
      ({ inFlight, queued }) => inFlight === null && queued.length === 0,
      limitMs,
    );
  }
}

/** Asks again while nobody answers; a refusal is thrown. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const { code } = error as { code?: string };
      const refused = code !== undefined && code !== 'NOT_RUNNING' && code !== 'STORE_UNAVAILABLE';
      if (refused || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
