import { performance } from 'node:perf_hooks';
import { type Call, type Caller, UpstreamError } from './call.ts';
import { Connection, type Owner } from './connection.ts';

/** Coarse, so that no request needs a timer of its own. */
const SWEEP_MS = 100;
/**
 * An instance may close an idle connection at the moment a request goes out on it. What may not be sent twice
 * takes only one that was in use just now: no server that is known here closes so soon.
 */
const FRESH_MS = 1_000;

/** The connections to one instance: as many as there are requests at a time, kept for a moment after. */
export class Connections implements Owner {
  readonly #address: { host: string; port: number };
  readonly #open = new Set<Connection>();
  /** The last used is the last. */
  readonly #free: Connection[] = [];
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(address: { host: string; port: number }) {
    this.#address = address;
  }

  /** Sends a request. `repeatable`: it may be sent again when the instance breaks off without an answer. */
  send(call: Call, caller: Caller, repeatable: boolean): void {
    // What lies in the sockets by now is read first, so that a connection which is closing, or on which an
    // answer lies that nobody asked for, is not taken.
    if (this.#closed) setImmediate(refuse, caller);
    else setImmediate(start, this, call, caller, repeatable);
  }

  /** Lets what is in flight finish, then closes everything. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#free.splice(0)) connection.close();
  }

  start(call: Call, caller: Caller, repeatable: boolean): void {
    const last = this.#free.at(-1);
    if (last !== undefined && (repeatable || performance.now() - last.freeSince < FRESH_MS)) {
      this.#free.pop();
      last.send(call, caller);
      return;
    }
    this.#open.add(new Connection(this.#address, this, call, caller));
    this.#sweep ??= setInterval(() => this.#expire(), SWEEP_MS).unref();
  }

  onFree(connection: Connection): void {
    if (this.#closed) connection.close();
    else this.#free.push(connection);
  }

  onGone(connection: Connection): void {
    this.#open.delete(connection);
    const index = this.#free.lastIndexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
    if (this.#open.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #expire(): void {
    const now = performance.now();
    for (const connection of this.#open) if (connection.deadline <= now) connection.expire();
  }
}

function start(connections: Connections, call: Call, caller: Caller, repeatable: boolean): void {
  connections.start(call, caller, repeatable);
}

function refuse(caller: Caller): void {
  caller.onError(new UpstreamError('closed', 'the connections are closed'));
}
