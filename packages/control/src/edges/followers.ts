import { KovaError } from '@kova/core/errors/kova-error';
import { say } from '../process-log.ts';
import type { Bell } from '../store/bell.ts';
import type { Store } from '../store/connect.ts';
import type { EdgeReport } from '../store/edge-report.ts';
import { allEdges, type EdgeRecord } from '../store/edges.ts';

/** An edge that was not heard of for so long is lost, ms: nobody waits for it. */
export const lostMs = 5000;
const pollMs = 200;
/** While none is known, how often it is looked all the same whether one has come, ms: its ring may have been lost. */
const aloneMs = 30_000;

/** What is known of an edge that follows. */
export type FollowingEdge = EdgeRecord & { lost: boolean };

/** The edges of other machines, by what the processes beside them tell through the store. */
export class Followers {
  readonly #db: Store;
  readonly #bell: Bell;
  readonly #seen = new Map<string, boolean>();
  #lookedAt = 0;
  /** Since when the store was asked without a gap. Whose store was away cannot say that others were silent. */
  #steadySince = 0;
  /** How often one has rung: each does when it comes. */
  #rings = 0;
  /** At how many rings it was seen that there is none; null while there may be one. */
  #aloneAt: number | null = null;

  constructor(db: Store, bell: Bell) {
    this.#db = db;
    this.#bell = bell;
    bell.on('edge-reports', () => {
      this.#rings += 1;
    });
  }

  /** For what is done again and again: false when none was there a moment ago, and none has rung since. */
  get expected(): boolean {
    return this.#aloneAt !== this.#rings || performance.now() - this.#lookedAt > aloneMs;
  }

  async all(): Promise<FollowingEdge[]> {
    const rings = this.#rings;
    const records = await allEdges(this.#db);
    this.#aloneAt = records.length === 0 ? rings : null;
    const now = performance.now();
    if (now - this.#lookedAt > lostMs) this.#steadySince = now;
    this.#lookedAt = now;
    const canTell = now - this.#steadySince > lostMs;
    return records.map((record) => ({ ...record, lost: isLost(record, canTell) }));
  }

  async living(): Promise<FollowingEdge[]> {
    return (await this.all()).filter(({ lost }) => !lost);
  }

  /** To be called again and again: says in the log which edge is lost and which is back. */
  async look(): Promise<void> {
    if (!this.expected) return;
    for (const { name, address, lost, report } of await this.all()) {
      const before = this.#seen.get(name);
      this.#seen.set(name, lost);
      if (lost === (before ?? false)) continue;
      say(
        lost
          ? `edge ${name} at ${address} is lost${report.problem ? `: ${report.problem}` : ''}`
          : `edge ${name} is back`,
      );
    }
  }

  /** Wakes them to look at the store. */
  wake(): void {
    this.#bell.ring('edges');
  }

  /**
   * Waits until each that lives has done what the store asks for, and no longer for one that is lost meanwhile.
   * @throws KovaError EDGE_UNAVAILABLE after `timeoutMs`, with who is behind and why
   */
  async settled(done: (report: EdgeReport) => boolean, what: string, timeoutMs: number): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      // Begun before it is looked: what is told meanwhile is not missed.
      const told = this.#bell.next('edge-reports', pollMs);
      const behind = (await this.living()).filter(({ report }) => !done(report));
      if (behind.length === 0) return;
      if (performance.now() > giveUpAt) throw isBehind(behind, what);
      await told;
    }
  }
}

function isLost({ silentMs, report }: EdgeRecord, canTell: boolean): boolean {
  return !report.serving || (canTell && silentMs > lostMs);
}

function isBehind(behind: readonly FollowingEdge[], what: string): KovaError {
  const names = behind.map(({ name, report }) => (report.problem ? `${name} (${report.problem})` : name)).join(', ');
  return new KovaError('EDGE_UNAVAILABLE', `${what}: behind is ${names}`, {
    next: 'Look at the log of `kova follow` on that machine, or stop it: an edge that is lost is not waited for.',
  });
}
