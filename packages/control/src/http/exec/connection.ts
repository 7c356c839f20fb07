import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { KovaError } from '@kova/core/errors/kova-error';
import { type ExecStream, framesOf, pieceOf } from '@kova/core/exec/frame';
import { SendWindow, windowBytes } from '@kova/core/exec/window';
import type { WebSocket } from 'ws';
import type { ExecTold } from './messages.ts';

/** RFC 6455, 7.4.1. */
const againstRules = 1008;
/** One that is cut is noticed after two of these. */
const heartbeatMs = 10_000;

/** The caller's side of one command. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #windows = { stdout: new SendWindow(), stderr: new SendWindow() };
  readonly #heartbeat: NodeJS.Timeout;
  #alive = true;
  /** Input that the command has not taken. */
  #unread = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => {
      this.#alive = true;
    });
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
    socket.once('close', () => clearInterval(this.#heartbeat));
  }

  /** The first message. @throws KovaError INPUT_INVALID when none comes in time, or it is no text */
  async first(patienceMs: number): Promise<string> {
    const late = new KovaError('INPUT_INVALID', 'the command did not come');
    const [data, isBinary] = await once(this.#socket, 'message', { signal: AbortSignal.timeout(patienceMs) }).catch(
      () => {
        throw late;
      },
    );
    if (isBinary) throw late;
    return String(data);
  }

  tell(told: ExecTold): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(told));
  }

  /** From now on text is given to `said`, and input to `stdin`. */
  listen(said: (text: string) => void, stdin: Writable): void {
    // A command may end, or close its input, before it has read all.
    stdin.on('error', () => {});
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return said(data.toString());
      const piece = pieceOf(data);
      if (piece?.stream !== 'stdin') return;
      const { length } = piece.bytes;
      this.#unread += length;
      if (this.#unread > 2 * windowBytes) return this.#socket.close(againstRules, 'more input than may be on its way');
      const taken = () => {
        this.#unread -= length;
        if (length > 0) this.tell({ type: 'taken', stream: 'stdin', bytes: length });
      };
      if (stdin.writable) stdin.write(piece.bytes, taken);
      else taken();
    });
  }

  /** The caller has passed on so much of an output. */
  taken(stream: ExecStream, bytes: number): void {
    if (stream !== 'stdin') this.#windows[stream].give(bytes);
  }

  /** Sends an output as it comes, as fast as it is taken; resolves at its end, or when the caller has gone. */
  async send(stream: 'stdout' | 'stderr', output: Readable): Promise<void> {
    const gone = once(this.#socket, 'close');
    const sending = async () => {
      for await (const bytes of output as AsyncIterable<Buffer>) {
        for (const frame of framesOf(stream, bytes)) {
          await this.#windows[stream].take(frame.length - 1);
          this.#socket.send(frame, () => {});
        }
      }
    };
    await Promise.race([sending().catch(() => {}), gone]);
    output.destroy();
  }

  /** Aborts when the caller has gone. */
  gone(): AbortSignal {
    const over = new AbortController();
    this.#socket.once('close', () => over.abort(new KovaError('EXEC_ENDED', 'the caller has gone')));
    return over.signal;
  }

  close(): void {
    this.#socket.close();
  }

  #beat(): void {
    if (!this.#alive) this.#socket.terminate();
    this.#alive = false;
    this.#socket.ping();
  }
}
