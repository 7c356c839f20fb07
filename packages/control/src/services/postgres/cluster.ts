import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { ClientConfig } from 'pg';
import type { Identity } from '../../home/unprivileged.ts';
import type { Server } from './login.ts';
import type { Binaries } from './server/binaries.ts';
import { give } from './server/clone.ts';
import { lastLines, startLog } from './server/log.ts';
import { choosePort, isFree } from './server/port.ts';
import { clearLeftovers, type Postmaster, runningIn, stopServer } from './server/postmaster.ts';
import { readRecord, writeRecord } from './server/record.ts';
import { writeSettings } from './server/settings.ts';
import { socketDirectory } from './server/socket.ts';
import { prepareData, superuser } from './server/template.ts';
import { runTool } from './server/tool.ts';

export interface ClusterOptions {
  /** Of this cluster alone; `as` may enter it. */
  directory: string;
  /** Where the copies for new clusters are taken from. */
  templates: string;
  binaries: Binaries;
  as: Identity | null;
  maxConnections: number;
  durable: boolean;
}

/** Replaying the log after a crash may take its time. */
const startSeconds = 600;
const portAttempts = 5;

/**
 * One PostgreSQL server on 127.0.0.1, with its files in one directory:
 * `data/`, `log/`, `socket/` and `cluster.json`. It outlives the process that started it.
 */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #data: string;
  readonly #log: string;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#data = join(options.directory, 'data');
    this.#log = join(options.directory, 'log');
  }

  get data(): string {
    return this.#data;
  }

  /** The directory of its logs. */
  get log(): string {
    return this.#log;
  }

  /** The running server; null when none works in this cluster's directory. It may not take connections yet. */
  running(): Promise<Postmaster | null> {
    return runningIn(this.#data);
  }

  async isRunning(): Promise<boolean> {
    return (await this.running()) !== null;
  }

  /** Makes the data directory, the first time. Idempotent. */
  async prepare(): Promise<void> {
    const { directory, templates, binaries, as } = this.#options;
    await mkdir(directory, { recursive: true, mode: as ? 0o711 : 0o700 });
    await mkdir(this.#log, { recursive: true, mode: 0o700 });
    await give(this.#log, as);
    await prepareData(this.#data, templates, binaries, as);
  }

  /**
   * Starts the server, creating it the first time; one that runs is adopted. Idempotent, also among processes:
   * PostgreSQL lets only one server into a data directory, and who comes second finds the first.
   * @throws KovaError POSTGRES_FAILED with the end of its log; PORT_IN_USE
   */
  async start(): Promise<Postmaster> {
    const adopted = await this.running();
    if (adopted) return adopted;
    await this.prepare();
    for (let attempt = 1; ; attempt += 1) {
      const port = await this.#configure();
      const failure = await this.#launch();
      const found = await this.running();
      if (found) {
        await writeRecord(this.#options.directory, found);
        return found;
      }
      const taken = !(await isFree(port));
      if (attempt === portAttempts || !taken) throw await this.#notStarted(failure);
    }
  }

  /**
   * Ends the connections and stops the server; its data stay, and nothing works on them when this returns. Idempotent.
   * @throws KovaError POSTGRES_FAILED
   */
  async stop(): Promise<void> {
    await stopServer(this.#data);
  }

  /** As `ensureLogin` takes it. */
  get server(): Server {
    return {
      name: `PostgreSQL in ${this.#data}`,
      isRunning: () => this.isRunning(),
      start: async () => {
        const postmaster = await this.start();
        return { host: '127.0.0.1', port: postmaster.port, admin: this.admin(postmaster) };
      },
    };
  }

  /** What a client needs to connect as superuser, over the private socket. */
  admin({ socketDirectory: host, port }: Postmaster, database = 'postgres'): ClientConfig {
    return { host, port, user: superuser, database };
  }

  /** Makes way and writes the settings for the next start; returns the port that it shall have. */
  async #configure(): Promise<number> {
    const { directory, as, maxConnections, durable } = this.#options;
    const had = await readRecord(directory);
    const socket = await socketDirectory(join(directory, 'socket'), had?.socketDirectory ?? null, as);
    await clearLeftovers(this.#data, socket);
    const port = await choosePort(had?.port ?? null);
    await writeRecord(directory, { port, socketDirectory: socket });
    const settings = { port, socketDirectory: socket, logDirectory: this.#log, maxConnections, durable };
    await writeSettings(this.#data, settings, as);
    return port;
  }

  async #launch(): Promise<unknown> {
    const { binaries, as } = this.#options;
    const early = join(this.#log, startLog);
    await rm(early, { force: true });
    const argv = [binaries.pgCtl, 'start', '--pgdata', this.#data, '--log', early, '--silent'];
    const wait = ['--wait', `--timeout=${startSeconds}`];
    return runTool([...argv, ...wait], as, (startSeconds + 5) * 1000).then(
      () => null,
      (error: unknown) => error,
    );
  }

  async #notStarted(cause: unknown): Promise<KovaError> {
    const said = await lastLines(this.#log);
    return new KovaError('POSTGRES_FAILED', `PostgreSQL in ${this.#data} did not start: ${said}`, {
      next: `Read the logs in ${this.#log}; \`kova doctor\` checks what it needs.`,
      cause,
    });
  }
}
