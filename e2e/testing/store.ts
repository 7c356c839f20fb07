import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Kova's own PostgreSQL, from outside. */
export class TestStore {
  readonly #home: string;
  readonly #data: string;
  #pgCtl = '';

  constructor(home: string) {
    this.#home = home;
    this.#data = join(home, 'postgres/_kova/data');
  }

  /** A connection as Kova has it; to be ended. */
  async connect(): Promise<pg.Client> {
    const { port } = JSON.parse(readFileSync(join(this.#home, 'postgres/_kova/cluster.json'), 'utf8'));
    const password = readFileSync(join(this.#home, 'keys/postgres/_kova'), 'utf8');
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'kova', database: 'kova', password });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async url(): Promise<string> {
    const client = await this.connect();
    await client.end();
    return `postgres://kova:${client.password}@127.0.0.1:${client.port}/kova`;
  }

  /** Stops it with its own pg_ctl, which cuts every connection; nobody can start it until `back`. */
  stop(): void {
    const postmaster = this.#postmaster();
    if (postmaster === null) throw new Error('it does not run');
    this.#pgCtl = join(dirname(readlinkSync(`/proc/${postmaster}/exe`)), 'pg_ctl');
    // Kova may have started it again before the door was shut.
    for (; this.#postmaster() !== null; chmodSync(this.#data, 0o000)) {
      chmodSync(this.#data, 0o700);
      this.#run('stop', '--mode=fast');
    }
  }

  /** The process that serves; null when none does. */
  #postmaster(): string | null {
    try {
      const [pid = ''] = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
      return existsSync(`/proc/${pid}`) ? pid : null;
    } catch {
      return null;
    }
  }

  /** Lets Kova start it again, and waits until it has. */
  async back(): Promise<void> {
    chmodSync(this.#data, 0o700);
    for (const giveUpAt = Date.now() + 60_000; ; await sleep(100)) {
      const client = await this.connect().catch((error: Error) => error);
      if (!(client instanceof Error)) return client.end();
      if (Date.now() > giveUpAt) throw client;
    }
  }

  #run(...args: string[]): void {
    const { uid, gid } = statSync(this.#data);
    const options = { uid, gid, cwd: '/', stdio: 'ignore' } as const;
    spawnSync(this.#pgCtl, [...args, '--pgdata', this.#data, '--wait'], options);
  }
}
