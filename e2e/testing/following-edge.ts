import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { freePort } from './free-port.ts';
import { end, type Supervised, supervise } from './supervised.ts';

/** An edge as on another machine: a home and an address of its own, and the process beside it that follows. */
export class FollowingEdge {
  readonly name: string;
  readonly home = mkdtempSync(join(tmpdir(), 'kova-edge-'));
  readonly address: string;
  readonly origin: string;
  readonly #env: NodeJS.ProcessEnv;
  #edge!: Supervised;
  #follower!: Supervised;

  private constructor(name: string, address: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.address = address;
    this.origin = `http://${address}`;
    this.#env = { ...process.env, KOVA_HOME: this.home, ...env };
  }

  /** `env` says where the store is; it is in line when this resolves. */
  static async start(name: string, host: string, env: NodeJS.ProcessEnv): Promise<FollowingEdge> {
    const edge = new FollowingEdge(name, `${host}:${await freePort()}`, env);
    await edge.startEdge();
    await edge.startFollower();
    return edge;
  }

  async startEdge(): Promise<void> {
    this.#edge = await supervise(['edge', '--listen', this.address], 'listens on', this.#env);
  }

  async startFollower(ready = 'in line: '): Promise<void> {
    this.#follower = await supervise(['follow', '--name', this.name], ready, this.#env);
  }

  async killEdge(): Promise<void> {
    await end(this.#edge, 'SIGKILL');
  }

  async killFollower(): Promise<void> {
    await end(this.#follower, 'SIGKILL');
  }

  /** As when the machine is lost. */
  async kill(): Promise<void> {
    await Promise.all([this.killEdge(), this.killFollower()]);
  }

  said(): string {
    return this.#follower.said();
  }

  async get(path = '/'): Promise<{ status: number; release: string | null; body: string }> {
    const answer = await request(this.origin + path, { headers: { host: 'production.shop.localhost' } });
    const release = answer.headers['x-kova-release'];
    const body = await answer.body.text();
    return { status: answer.statusCode, release: typeof release === 'string' ? release : null, body };
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }
}
