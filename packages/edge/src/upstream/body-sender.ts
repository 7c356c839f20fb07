import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Writes a request's body to a connection, as fast as the instance takes it. */
export class BodySender {
  /** All of it was written. */
  done = false;
  readonly #body: Readable;
  readonly #socket: Socket;
  readonly #chunked: boolean;

  /** `sent` is called when all of it is written, `failed` when the body breaks off. */
  constructor(
    body: Readable,
    socket: Socket,
    chunked: boolean,
    outcome: { sent: () => void; failed: (error: Error) => void },
  ) {
    this.#body = body;
    this.#socket = socket;
    this.#chunked = chunked;
    body.on('error', outcome.failed).on('data', this.#onData);
    body.once('end', () => {
      this.done = true;
      if (chunked) socket.write('0\r\n\r\n', 'latin1');
      outcome.sent();
    });
    socket.on('drain', this.#onDrain);
  }

  /** Lets go of the connection; a body that was not sent to its end is destroyed. */
  stop(): void {
    this.#socket.off('drain', this.#onDrain);
    this.#body.off('data', this.#onData);
    if (!this.done) this.#body.destroy();
  }

  readonly #onDrain = (): void => {
    this.#body.resume();
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#socket.cork();
    if (this.#chunked) this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    let more = this.#socket.write(chunk);
    if (this.#chunked) more = this.#socket.write('\r\n', 'latin1');
    this.#socket.uncork();
    if (!more) this.#body.pause();
  };
}
