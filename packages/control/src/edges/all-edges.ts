import { createHash } from 'node:crypto';
import { hasCode } from '@kova/core/errors/kova-error';
import { together } from '@kova/core/together';
import type { CertificateInfo, KeyPair } from '@kova/core/traffic/certificate';
import type { Route } from '@kova/core/traffic/route';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';
import { releaseServed } from '../edge-port.ts';
import type { Seal } from '../home/seal.ts';
import type { Edge, OpenDoor, Served } from '../ports/edge.ts';
import { say } from '../process-log.ts';
import type { Store } from '../store/connect.ts';
import { askForDrain, endDrain } from '../store/edges.ts';
import { each } from '../watch/each.ts';
import { CounterSums } from './counter-sums.ts';
import type { Followers } from './followers.ts';
import { shareAssets } from './share-assets.ts';
import { SharedSecrets } from './shared-secrets.ts';

/** How long an edge that lives may be behind: as long as the own one may take to answer, ms. */
const patienceMs = 10_000;
/** The same while it gets the assets of a new release, ms. */
const assetsPatienceMs = 50_000;

type Drain = Awaited<ReturnType<Edge['drain']>>;

export interface AllEdgesParts {
  /** That of the home. */
  own: Edge;
  followers: Followers;
  db: Store;
  /** By which edges open what is for them. */
  seal: Seal;
}

/**
 * The edge of the home and all that follow it, as one. What is asked of it is done when the own edge has done it and
 * each follower that lives has said so; those that are lost catch up by themselves.
 */
export class AllEdges implements Edge {
  readonly #own: Edge;
  readonly #followers: Followers;
  readonly #db: Store;
  readonly #secrets: SharedSecrets;
  readonly #sums = new CounterSums();

  constructor({ own, followers, db, seal }: AllEdgesParts) {
    this.#own = own;
    this.#followers = followers;
    this.#db = db;
    this.#secrets = new SharedSecrets({ db, seal, followers });
  }

  routes(): Promise<Route[]> {
    return this.#own.routes();
  }

  openDoor(target: Parameters<Edge['openDoor']>[0]): Promise<OpenDoor> {
    return this.#own.openDoor(target);
  }

  async putRoute(route: Route): Promise<void> {
    await this.#own.putRoute(route);
    if ((await this.#followers.all()).length === 0) return;
    const hasNews = await shareAssets(this.#db, route);
    if (hasNews) this.#followers.wake();
    const isIn = (version = -1) => version >= route.version;
    await this.#followers.settled(
      ({ routes }) => isIn(routes[route.id]),
      `route ${route.id}`,
      hasNews ? assetsPatienceMs : patienceMs,
    );
  }

  /** For an edge that is new here: gives the store what those that follow need of all routes. Idempotent. */
  async share(): Promise<void> {
    if (!this.#followers.expected || (await this.#followers.all()).length === 0) return;
    const rows = await this.#db.selectFrom('environments').select('route').where('route', 'is not', null).execute();
    await each(rows, async ({ route }) => {
      if (route && (await shareAssets(this.#db, route))) this.#followers.wake();
    });
  }

  async counters(routeId: string): Promise<SlotCounters[]> {
    const [here, living] = await together([this.#own.counters(routeId), this.#followers.living()] as const);
    if (living.length === 0 && !this.#sums.begun) return here;
    const byEdge = new Map<string, SlotCounters[]>([['', here]]);
    for (const { name, report } of living) byEdge.set(name, report.counters[routeId] ?? []);
    return this.#sums.add(byEdge);
  }

  async drain(slot: string, options: { spreadMs: number; timeoutMs: number }): Promise<Drain> {
    if ((await this.#followers.living()).length === 0) return this.#own.drain(slot, options);
    const id = await askForDrain(this.#db, { slot, ...options });
    this.#followers.wake();
    try {
      const limitMs = options.timeoutMs + patienceMs;
      const elsewhere = this.#followers.settled(({ drains }) => id in drains, `drain of ${slot}`, limitMs);
      const [here] = await together([this.#own.drain(slot, options), elsewhere] as const);
      const there = (await this.#followers.living()).flatMap(({ report }) => report.drains[id] ?? []);
      return sumOf([here, ...there]);
    } finally {
      await endDrain(this.#db, id);
    }
  }

  /** Those that each edge has, or is given. */
  async certificates(): Promise<CertificateInfo[]> {
    const here = await this.#own.certificates();
    const given = await this.#secrets.haveAll(here.map(certificateOf));
    return here.filter((_, index) => given[index]);
  }

  async putCertificate(id: string, pair: KeyPair): Promise<CertificateInfo> {
    const info = await this.#own.putCertificate(id, pair);
    // It is had, whoever is behind: an authority must not be asked for it again.
    await this.#secrets.give(certificateOf(info), pair, patienceMs).catch((error: unknown) => {
      if (!hasCode(error, 'EDGE_UNAVAILABLE')) throw error;
      say((error as Error).message);
    });
    return info;
  }

  async removeCertificate(id: string): Promise<void> {
    await this.#own.removeCertificate(id);
    await this.#secrets.takeBack({ kind: 'certificate', name: id });
  }

  async putHttpChallenge(name: string, keyAuthorization: string): Promise<void> {
    await this.#own.putHttpChallenge(name, keyAuthorization);
    const digest = hash(keyAuthorization);
    await this.#secrets.give({ kind: 'http-challenge', name, digest }, { keyAuthorization }, patienceMs);
  }

  async removeHttpChallenge(name: string): Promise<void> {
    await this.#own.removeHttpChallenge(name);
    await this.#secrets.takeBack({ kind: 'http-challenge', name });
  }

  async putAlpnChallenge(name: string, pair: { chain: string; key: string }): Promise<void> {
    await this.#own.putAlpnChallenge(name, pair);
    await this.#secrets.give({ kind: 'alpn-challenge', name, digest: hash(pair.chain) }, pair, patienceMs);
  }

  async removeAlpnChallenge(name: string): Promise<void> {
    await this.#own.removeAlpnChallenge(name);
    await this.#secrets.takeBack({ kind: 'alpn-challenge', name });
  }

  async served(host: string, path: string): Promise<Served[]> {
    const there = (await this.#followers.living()).map(async ({ name, address }) => ({
      by: `edge ${name}`,
      release: await releaseServed(address, host, path),
    }));
    return [...(await this.#own.served(host, path)), ...(await Promise.all(there))];
  }
}

function sumOf(drains: readonly Drain[]): Drain {
  const inFlight = drains.reduce((sum, each) => sum + each.inFlight, 0);
  return { drained: drains.every(({ drained }) => drained), inFlight };
}

/** Told apart by fingerprint and hosts: the own edge says no more of what it has. */
function certificateOf({ id, fingerprint, hosts }: CertificateInfo) {
  return { kind: 'certificate' as const, name: id, digest: `${fingerprint} ${hosts.join(' ')}` };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
