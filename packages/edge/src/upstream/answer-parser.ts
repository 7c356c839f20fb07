interface NodeParser {
  initialize(type: number, resource: object, maxHeaderBytes: number): void;
  /** The error, or how many bytes were taken. What a callback threw is thrown. */
  execute(bytes: Uint8Array): number | Error;
  finish(): unknown;
  close(): void;
  [event: number]: unknown;
}

interface NodeParserClass {
  new (): NodeParser;
  RESPONSE: number;
  kOnMessageBegin: number;
  kOnHeaders: number;
  kOnHeadersComplete: number;
  kOnBody: number;
  kOnMessageComplete: number;
}

/** What is found in the bytes of answers. */
export interface AnswerEvents {
  onBegin(): void;
  /** True when no body follows, whatever the head says. */
  onHead(status: number, headers: string[], keepAlive: boolean): boolean;
  onBody(chunk: Buffer): void;
  onComplete(trailers: string[]): void;
}

const MAX_HEADER_BYTES = 64 * 1024;
const NO_BODY = 1;

// The parser of node:http itself, strict: undici runs the same one as WebAssembly, at several times the cost.
// Node has no public name for it; the lockfile pins the Node that Kova runs on, and the tests meet any change.
const { HTTPParser } = process.getBuiltinModule('_http_common') as { HTTPParser: NodeParserClass };

/** Reads the answers on one connection, one after the other. */
export class AnswerParser {
  readonly #parser = new HTTPParser();

  constructor(events: AnswerEvents) {
    const parser = this.#parser;
    /** More headers than node hands over at once, or trailers. */
    let flushed: string[] = [];
    parser.initialize(HTTPParser.RESPONSE, {}, MAX_HEADER_BYTES);
    parser[HTTPParser.kOnMessageBegin] = () => {
      flushed = [];
      events.onBegin();
    };
    parser[HTTPParser.kOnHeaders] = (headers: string[]) => {
      flushed.push(...headers);
    };
    parser[HTTPParser.kOnHeadersComplete] = (...[, , direct, , , status, , , keepAlive]: HeadArguments) => {
      const headers = direct ?? flushed;
      flushed = [];
      return events.onHead(status, headers, keepAlive) ? NO_BODY : 0;
    };
    parser[HTTPParser.kOnBody] = (chunk: Buffer) => events.onBody(chunk);
    parser[HTTPParser.kOnMessageComplete] = () => events.onComplete(flushed);
  }

  /** Why the bytes are no answer, or null. The bytes may be overwritten afterwards. */
  take(bytes: Uint8Array): Error | null {
    try {
      const result = this.#parser.execute(bytes);
      return result instanceof Error ? result : null;
    } catch (error) {
      return error as Error;
    }
  }

  /** The instance closed its side: that completes an answer without a length, and no other. */
  end(): void {
    this.#parser.finish();
  }

  /** Frees it; not while it parses. */
  close(): void {
    this.#parser.close();
  }
}

type HeadArguments = [
  major: number,
  minor: number,
  headers: string[] | undefined,
  method: undefined,
  url: undefined,
  status: number,
  message: string,
  upgrade: boolean,
  keepAlive: boolean,
];
