import { isDeepStrictEqual } from 'node:util';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import { indexAssets } from '../assets/asset-index.ts';
import { HostMap } from '../route/match.ts';
import { Pause } from '../route/pause.ts';
import { type LiveRoute, liveRoute } from './live-route.ts';
import { loadTable, saveTable, type TableFile } from './persist.ts';
import { SlotRegistry } from './slot-registry.ts';

type Routes = ReadonlyMap<string, LiveRoute>;

/** The routes in force. Readers take `match` of this very moment; writers go one after the other. */
export class RouteTable {
  readonly slots = new SlotRegistry();
  readonly #path: string;
  readonly #pauses = new Map<string, Pause>();
  #routes: Routes = new Map();
  #hosts = new HostMap<LiveRoute>([]);
  #removed: Record<string, number> = {};
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  static async load(path: string): Promise<RouteTable> {
    const table = new RouteTable(path);
    const { routes, removed } = await loadTable(path);
    table.#removed = removed;
    for (const route of routes) await table.#replace(route);
    return table;
  }

  match(host: string): LiveRoute | undefined {
    return this.#hosts.match(host);
  }

  all(): LiveRoute[] {
    return [...this.#routes.values()];
  }

  get(id: string): LiveRoute {
    const found = this.#routes.get(id);
    if (!found) throw new KovaError('NOT_FOUND', `The edge has no route ${id}.`);
    return found;
  }

  /** On disk before it is in force, so that what was acknowledged survives any crash. */
  put(route: Route): Promise<void> {
    return this.#inTurn(async () => {
      const current = this.#routes.get(route.id);
      if (current && isDeepStrictEqual(current.route, route)) return;
      this.#assertNewer(route);
      this.#assertHostsFree(route);
      const { [route.id]: _, ...removed } = this.#removed;
      const others = this.all().flatMap(({ route: other }) => (other.id === route.id ? [] : [other]));
      await this.#save({ format: 1, routes: [...others, route], removed });
      this.#removed = removed;
      await this.#replace(route);
    });
  }

  remove(id: string, version: number): Promise<void> {
    return this.#inTurn(async () => {
      const current = this.#routes.get(id);
      if (version < (current?.route.version ?? this.#removed[id] ?? 0)) {
        throw stale(id, version, current?.route.version ?? this.#removed[id] ?? 0);
      }
      const removed = { ...this.#removed, [id]: version };
      const routes = this.all().flatMap(({ route }) => (route.id === id ? [] : [route]));
      await this.#save({ format: 1, routes, removed });
      this.#removed = removed;
      this.#swap(new Map([...this.#routes].filter(([other]) => other !== id)));
      if (current) this.slots.retire(current.slots);
      this.resume(id);
    });
  }

  pause(id: string, maxMs: number): void {
    this.get(id);
    const before = this.#pauses.get(id);
    const pause = new Pause(maxMs, () => {
      if (this.#pauses.get(id) === pause) this.#pauses.delete(id);
    });
    this.#pauses.set(id, pause);
    // Paused again: who waits, waits on under the new limit.
    before?.handOver(pause);
  }

  resume(id: string): void {
    this.#pauses.get(id)?.end('resumed');
  }

  pauseOf(id: string): Pause | undefined {
    return this.#pauses.size === 0 ? undefined : this.#pauses.get(id);
  }

  async #replace(route: Route): Promise<void> {
    const assets = await indexAssets(route.assets);
    const slots = this.slots.adopt(route, this.#routes.get(route.id)?.slots ?? []);
    this.#swap(new Map(this.#routes).set(route.id, liveRoute(route, slots, assets)));
  }

  #swap(routes: Routes): void {
    this.#routes = routes;
    this.#hosts = new HostMap([...routes.values()].flatMap((live) => live.route.hosts.map((host) => [host, live])));
  }

  #save(file: TableFile): Promise<void> {
    return saveTable(this.#path, file);
  }

  #assertNewer({ id, version }: Route): void {
    const known = this.#routes.get(id)?.route.version ?? this.#removed[id];
    if (known !== undefined && version <= known) throw stale(id, version, known);
  }

  #assertHostsFree({ id, hosts }: Route): void {
    for (const { route: other } of this.#routes.values()) {
      const taken = other.id === id ? undefined : other.hosts.find((host) => hosts.includes(host));
      if (taken) throw new KovaError('CONFLICT', `The host ${taken} belongs to the route ${other.id} already.`);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => {});
    return result;
  }
}

function stale(id: string, version: number, known: number): KovaError {
  return new KovaError('EDGE_STALE_ROUTE', `Route ${id}: version ${version} is not newer than ${known}.`);
}
