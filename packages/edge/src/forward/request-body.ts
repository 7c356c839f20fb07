import { Readable } from 'node:stream';
import type { ClientRequest } from './client.ts';

/** The client sent more than the route allows. */
export class BodyTooLarge extends Error {}

/**
 * A request's body on its way to an instance. It stands between a connection and the client's socket: an
 * instance that answers early or breaks off destroys this, not the connection the answer goes out on.
 * Nothing is taken from the client until an instance takes it, so an unread body may be sent elsewhere.
 */
export class RequestBody extends Readable {
  readonly #request: ClientRequest;
  readonly #limit: number;
  #received = 0;
  #attached = false;

  /** `limit` in bytes; 0 is none. */
  constructor(request: ClientRequest, limit: number) {
    super();
    this.#request = request;
    this.#limit = limit;
  }

  /** Some of it may have reached an instance. */
  get touched(): boolean {
    return this.#attached;
  }

  override _read(): void {
    if (!this.#attached) this.#attach();
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    if (this.#attached) this.#request.resume();
    callback(error);
  }

  #attach(): void {
    this.#attached = true;
    this.#request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#limit > 0 && this.#received > this.#limit) this.destroy(new BodyTooLarge());
    else if (!this.push(chunk)) this.#request.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#request.complete) this.push(null);
    else this.#onClose();
  };

  readonly #onClose = (): void => {
    if (!this.#request.complete) this.destroy(new Error('the client broke off'));
  };
}
