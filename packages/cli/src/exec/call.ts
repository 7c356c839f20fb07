import { once } from 'node:events';
import type { ExecSaid, ExecStart, ExecTold } from '@kova/control/api';
import { isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import { framesOf, pieceOf } from '@kova/core/exec/frame';
import { SendWindow } from '@kova/core/exec/window';
import type { WebSocket } from 'ws';
import type { Streams } from './streams.ts';

type Said = ExecSaid | ExecStart;

/** One command in an instance, seen from here. */
export class ExecCall {
  readonly #socket: WebSocket;
  readonly #streams: Streams;
  readonly #window = new SendWindow();
  readonly #ended = Promise.withResolvers<number>();
  readonly #started = Promise.withResolvers<void>();
  #written: Promise<void> = Promise.resolve();
  /** Which instance it is, once it is known. */
  place: { instance: string; release: string } | null = null;

  constructor(socket: WebSocket, streams: Streams) {
    this.#socket = socket;
    this.#streams = streams;
    socket.on('message', (data: Buffer, isBinary) => (isBinary ? this.#print(data) : this.#hear(data.toString())));
    socket.once('close', () => this.#ended.reject(broken()));
    this.#started.promise.catch(() => {});
    this.#ended.promise.catch((error) => this.#started.reject(error));
  }

  /** Resolves with the command's own exit code, when all that it printed was written. @throws KovaError */
  async run(start: ExecStart): Promise<number> {
    this.say(start);
    await this.#started.promise;
    const input = this.#sendInput().catch((error) => this.#ended.reject(error));
    const exitCode = await this.#ended.promise.finally(() => this.#streams.stdin.destroy());
    await Promise.all([this.#written, input]);
    return exitCode;
  }

  say(said: Said): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(said));
  }

  /** Ends the command, as the connection is its life. */
  leave(reason: KovaError): void {
    this.#ended.reject(reason);
    this.#socket.close();
  }

  async #sendInput(): Promise<void> {
    const over = once(this.#socket, 'close');
    for await (const bytes of this.#streams.stdin as AsyncIterable<Buffer>) {
      for (const frame of framesOf('stdin', bytes)) {
        await Promise.race([this.#window.take(frame.length - 1), over]);
        if (this.#socket.readyState !== this.#socket.OPEN) return;
        this.#socket.send(frame);
      }
    }
    this.say({ type: 'stdin-end' });
  }

  #print(frame: Buffer): void {
    const piece = pieceOf(frame);
    if (!piece || piece.stream === 'stdin') return;
    const { stream, bytes } = piece;
    const write = async () => {
      await this.#streams.write(stream, bytes);
      this.say({ type: 'taken', stream, bytes: bytes.length });
    };
    this.#written = Promise.all([this.#written, write()]).then(() => undefined);
  }

  #hear(text: string): void {
    const told = JSON.parse(text) as ExecTold;
    if (told.type === 'taken') this.#window.give(told.bytes);
    else if (told.type === 'exit') this.#ended.resolve(told.exitCode);
    else if (told.type === 'started') {
      this.place = { instance: told.instance, release: told.release };
      this.#started.resolve();
    } else {
      const { code, message, next } = told.error;
      this.#ended.reject(new KovaError(isErrorCode(code) ? code : 'INTERNAL', message, { next }));
    }
  }
}

function broken(): KovaError {
  return new KovaError('EXEC_ENDED', 'the connection to Kova broke, and the command ends with it', {
    next: 'See with `kova status` whether Kova runs, then run it again.',
  });
}
