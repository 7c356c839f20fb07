/** Something open that would never end by itself: a WebSocket, an event stream. */
export interface OpenStream {
  /** Ends it cleanly at its next boundary, and for good before long. */
  closeSoon(): void;
}

/** The open streams of one slot. */
export interface StreamSet {
  add(stream: OpenStream): void;
  delete(stream: OpenStream): void;
  readonly size: number;
  /** Closes each stream at its own random moment within `spreadMs`. Streams opened later stay. */
  closeSpread(spreadMs: number): void;
}

export function openStreamSet(): StreamSet {
  const streams = new Set<OpenStream>();
  return {
    add: (stream) => streams.add(stream),
    delete: (stream) => streams.delete(stream),
    get size() {
      return streams.size;
    },
    closeSpread(spreadMs) {
      for (const stream of streams) {
        setTimeout(() => {
          if (streams.has(stream)) stream.closeSoon();
        }, Math.random() * spreadMs);
      }
    },
  };
}
