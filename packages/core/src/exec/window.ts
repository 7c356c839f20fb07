/** How much of a stream may be on its way that the other side has not yet passed on. */
export const windowBytes = 1_048_576;

/**
 * Keeps a sender from running ahead of a slow reader, stream by stream, while the connection stays free for what else
 * is to be said: after RFC 4254, 5.2, without the window being negotiated.
 */
export class SendWindow {
  #free = windowBytes;
  #open = Promise.withResolvers<void>();

  /** Resolves when so many bytes may be sent. One sender at a time. */
  async take(bytes: number): Promise<void> {
    while (this.#free <= 0) await this.#open.promise;
    this.#free -= bytes;
  }

  /** The other side has passed so many on. */
  give(bytes: number): void {
    this.#free += bytes;
    this.#open.resolve();
    this.#open = Promise.withResolvers();
  }
}
