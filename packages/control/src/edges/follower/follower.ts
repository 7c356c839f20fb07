import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Route } from '@kova/core/traffic/route';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';
import type { EdgeAdmin } from '@kova/edge/admin-client';
import type { Bell } from '../../store/bell.ts';
import type { Store } from '../../store/connect.ts';
import { type EdgeReport, emptyReport } from '../../store/edge-report.ts';
import { askedDrains, type EdgeIdentity, reportEdge } from '../../store/edges.ts';
import { FollowedDrains } from './drains.ts';
import { bringRoutes, type RoutesParts } from './routes.ts';
import { FollowedSecrets, type SecretsParts } from './secrets.ts';

const lookMs = 1000;
const beatMs = 500;

export interface FollowerParts extends RoutesParts, SecretsParts {
  db: Store;
  admin: EdgeAdmin;
  bell: Bell;
  self: EdgeIdentity;
  /** Told when it is in line, when something keeps it from that, and when that is over. */
  say: (line: string) => void;
  /** Another edge has taken its name. */
  onReplaced: () => void;
}

/** Brings an edge in line with the store whenever the bell rings, and now and then all the same; tells what it has. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #secrets: FollowedSecrets;
  readonly #drains: FollowedDrains;
  /** Of the edge's process; null while it does not answer. */
  #boot: string | null = null;
  /** Since the edge began, all that is recorded was brought to it once. */
  #caughtUp = false;
  #routes: EdgeReport['routes'] = {};
  #problem: string | null = null;
  #told: Partial<EdgeReport> = {};
  #reporting: Promise<void> = Promise.resolve();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#secrets = new FollowedSecrets(parts);
    this.#drains = new FollowedDrains(parts.admin, () => void this.#report());
  }

  /** Does not end. */
  run(): void {
    void this.#repeat(
      () => this.#look(),
      (ms) => this.#parts.bell.next('edges', ms),
      lookMs,
    );
    void this.#repeat(() => this.#report(), sleep, beatMs);
  }

  async #repeat(work: () => Promise<void>, pause: (ms: number) => Promise<unknown>, ms: number): Promise<never> {
    for (;;) {
      // Begun before the work: what is rung meanwhile is not missed.
      const rested = pause(ms);
      await work();
      await rested;
    }
  }

  async #look(): Promise<void> {
    try {
      await this.#meetEdge();
      const problems = await this.#secrets.bring();
      const brought = await bringRoutes(this.#parts);
      await this.#adopt(brought.inForce);
      this.#drains.begin(await askedDrains(this.#parts.db));
      this.#note([...problems, ...brought.problems].join('; ') || null);
      if (!this.#caughtUp) this.#parts.say(`in line: ${Object.keys(this.#routes).length} routes`);
      this.#caughtUp = true;
    } catch (error) {
      this.#note((error as Error).message);
    }
    await this.#report();
  }

  async #adopt(inForce: readonly Route[]): Promise<void> {
    const routes = Object.fromEntries(inForce.map(({ id, version }) => [id, version]));
    if (isDeepStrictEqual(routes, this.#routes)) return;
    this.#routes = routes;
    await this.#parts.assets.prune(inForce);
  }

  /** @throws KovaError EDGE_UNAVAILABLE */
  async #meetEdge(): Promise<void> {
    const status = await this.#parts.admin.status().catch((error: unknown) => {
      this.#lose();
      throw error;
    });
    if (status.bootId === this.#boot) return;
    this.#lose();
    this.#boot = status.bootId;
  }

  #lose(): void {
    this.#boot = null;
    this.#caughtUp = false;
    this.#routes = {};
    this.#secrets.forget();
  }

  #note(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#parts.say(problem ?? 'in line again');
    this.#problem = problem;
  }

  /** One after the other: what is told last is what holds. */
  #report(): Promise<void> {
    this.#reporting = this.#reporting.then(() => this.#tell());
    return this.#reporting;
  }

  async #tell(): Promise<void> {
    const { db, bell, self, onReplaced } = this.#parts;
    const counters = await this.#counters();
    const news = {
      ...{ serving: this.#caughtUp, routes: this.#routes, secrets: this.#secrets.digests() },
      ...{ drains: this.#drains.ended(), problem: this.#problem },
    };
    // The store is away: what it was told last stands, and the next beat tells.
    const isMine = await reportEdge(db, self, { ...news, counters }).catch(() => null);
    if (isMine === false) return onReplaced();
    if (isMine && !isDeepStrictEqual(news, this.#told)) {
      this.#told = news;
      bell.ring('edge-reports');
    }
  }

  async #counters(): Promise<Record<string, SlotCounters[]>> {
    if (!this.#caughtUp) return emptyReport.counters;
    try {
      const ids = Object.keys(this.#routes);
      const all = await Promise.all(ids.map(async (id) => [id, await this.#parts.admin.counters(id)] as const));
      return Object.fromEntries(all);
    } catch {
      this.#lose();
      return emptyReport.counters;
    }
  }
}
