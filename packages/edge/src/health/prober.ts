import { request } from 'node:http';
import type { Route } from '@kova/core/traffic/route';
import type { LiveInstance } from '../table/live-instance.ts';

/** Probes one instance again and again; a probe starts only after the one before has ended. */
export class Prober {
  readonly #instance: LiveInstance;
  readonly #host: string;
  readonly #health: Route['health'];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(instance: LiveInstance, host: string, health: Route['health']) {
    this.#instance = instance;
    this.#host = host;
    this.#health = health;
    // A random first delay spreads the probes of many instances.
    this.#schedule(Math.random() * health.intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => this.#probe(), delayMs);
    this.#timer.unref();
  }

  #probe(): void {
    const { host, port } = this.#instance.address;
    const headers = { host: this.#host, 'user-agent': 'kova-edge-probe', connection: 'close' };
    const probe = request({ host, port, path: this.#health.path, agent: false, headers });
    const timer = setTimeout(() => probe.destroy(new Error('probe timed out')), this.#health.timeoutMs);
    const settle = (ok: boolean) => {
      clearTimeout(timer);
      if (!this.#stopped) this.#settled(ok);
    };
    probe.once('response', (response) => {
      response.resume();
      response.on('error', () => {});
      const status = response.statusCode ?? 0;
      probe.off('error', fail).on('error', () => {});
      settle(status >= 200 && status < 400);
      probe.destroy();
    });
    const fail = () => settle(false);
    probe.on('error', fail);
    probe.end();
  }

  #settled(ok: boolean): void {
    const before = this.#instance.health.healthy;
    this.#instance.health.probed(ok, this.#health);
    const now = this.#instance.health.healthy;
    if (before !== now) console.log(`instance ${this.#instance.address.id} is ${now ? 'healthy again' : 'unhealthy'}`);
    this.#schedule(this.#health.intervalMs);
  }
}
