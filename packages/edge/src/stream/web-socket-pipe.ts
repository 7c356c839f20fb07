import type { Duplex } from 'node:stream';
import { closeFrame, FrameScan } from './frame-scan.ts';
import type { OpenStream } from './stream-set.ts';

const SERVICE_RESTART = 1012;
/** How long a drained socket may stay in the middle of a message. */
const BOUNDARY_WAIT_MS = 5_000;
/** How long the client may take to answer our close frame. */
const CLOSE_WAIT_MS = 3_000;

/** An accepted WebSocket: bytes pass unchanged until its slot drains and it is closed with a close frame. */
export class WebSocketPipe implements OpenStream {
  readonly #client: Duplex;
  readonly #instance: Duplex;
  readonly #scan = new FrameScan();
  #closing = false;
  #injected = false;

  /** `ended` is called once, when both sides are closed. */
  constructor(client: Duplex, instance: Duplex, ended: () => void) {
    this.#client = client;
    this.#instance = instance;
    let open = 2;
    const closed = () => {
      if (--open === 0) ended();
    };
    client.on('error', () => instance.destroy()).on('close', () => instance.destroy());
    instance.on('error', () => client.destroy()).on('close', () => endSoon(client));
    client.once('close', closed);
    instance.once('close', closed);
    instance.on('data', (chunk: Buffer) => this.#fromInstance(chunk));
    instance.on('end', () => client.end());
    client.on('drain', () => instance.resume());
    client.pipe(instance);
  }

  closeSoon(): void {
    this.#closing = true;
    if (this.#scan.atMessageBoundary) this.#inject();
    else setTimeout(() => this.#inject(), BOUNDARY_WAIT_MS).unref();
  }

  #fromInstance(chunk: Buffer): void {
    if (this.#injected) return;
    if (!this.#closing) {
      this.#scan.take(chunk);
      if (!this.#client.write(chunk)) this.#instance.pause();
      return;
    }
    const boundary = this.#scan.takeToBoundary(chunk);
    this.#client.write(boundary < 0 ? chunk : chunk.subarray(0, boundary));
    if (boundary >= 0) this.#inject();
  }

  /** The client's answer to our close frame passes to the instance, which so sees a proper close too. */
  #inject(): void {
    if (this.#injected || this.#scan.closed) return;
    this.#injected = true;
    if (this.#scan.atFrameBoundary) this.#client.write(closeFrame(SERVICE_RESTART, 'service restart'));
    else this.#client.destroy();
    this.#instance.resume();
    setTimeout(() => endSoon(this.#client), CLOSE_WAIT_MS).unref();
  }
}

/** Lets written bytes out, then closes for good. */
function endSoon(socket: Duplex): void {
  if (socket.destroyed) return;
  socket.end();
  setTimeout(() => socket.destroy(), 1_000).unref();
}
