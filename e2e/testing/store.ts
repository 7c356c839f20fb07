import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** Kova's own PostgreSQL, from outside. */
export class TestStore {
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
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

  /** Stops it with its own pg_ctl: every connection is cut. `kova up` starts it again. */
  stop(): void {
    const data = join(this.#home, 'postgres/_kova/data');
    const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pgCtl = join(dirname(readlinkSync(`/proc/${pid}/exe`)), 'pg_ctl');
    const { uid, gid } = statSync(data);
    execFileSync(pgCtl, ['stop', '--pgdata', data, '--mode=fast', '--wait'], { uid, gid, cwd: '/', stdio: 'ignore' });
  }
}
