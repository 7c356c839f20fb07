import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { WebSocket } from 'ws';
import type { Context } from '../../context.ts';
import type { Execution } from '../../ports/exec.ts';
import { say, told } from '../../process-log.ts';
import { endExecution, recordExecution } from '../../store/executions.ts';
import type { Target } from '../act.ts';
import { chooseInstance } from './choose.ts';
import { Connection } from './connection.ts';
import { type ExecSaid, type ExecStart, parseSaid, parseStart } from './messages.ts';

const mostAtOnce = 100;
const closePatienceMs = 15_000;
const firstMessageMs = 10_000;
/** For what a command printed last that was ended, should nobody take it. */
const lastWordsMs = 1000;

/** The commands that people run in instances. Each is written down and ends with its connection. */
export class ExecSessions {
  readonly #ctx: Pick<Context, 'db' | 'runtime'>;
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<void>>();

  constructor(ctx: Pick<Context, 'db' | 'runtime'>) {
    this.#ctx = ctx;
  }

  /** Takes a connection over and runs what it asks for. */
  take(target: Target, socket: WebSocket): void {
    const session = this.#hold(target, new Connection(socket)).finally(() => this.#open.delete(session));
    this.#open.add(session);
  }

  /** Ends all, with a reason; resolves when nothing of them runs, or in vain after a while. */
  async close(reason: string): Promise<void> {
    this.#closing.abort(new KovaError('EXEC_ENDED', reason));
    await Promise.race([Promise.all(this.#open), sleep(closePatienceMs)]);
  }

  async #hold(target: Target, connection: Connection): Promise<void> {
    try {
      if (this.#open.size >= mostAtOnce) throw tooMany();
      const start = parseStart(await connection.first(firstMessageMs));
      connection.tell({ type: 'exit', exitCode: await this.#run(target, start, connection) });
    } catch (error) {
      connection.tell({ type: 'error', error: reportOf(error) });
    } finally {
      connection.close();
    }
  }

  /** @throws what it was ended by */
  async #run(target: Target, start: ExecStart, connection: Connection): Promise<number> {
    const { argv, terminal, by } = start;
    const { id: instance, release } = await chooseInstance(this.#ctx, target, start);
    const wish = { ...target, instance, release, argv, terminal: terminal !== null, requestedBy: by };
    const id = await recordExecution(this.#ctx.db, wish);
    say(`${id}: ${by} runs ${JSON.stringify(argv)} in ${instance} of ${release}`);
    const over = new AbortController();
    const signal = AbortSignal.any([connection.gone(), this.#closing.signal, over.signal]);
    const timer = setTimeout(() => over.abort(tooLong(start.timeoutMs)), start.timeoutMs);
    try {
      const execution = await this.#ctx.runtime.exec(instance, { argv, terminal, signal });
      connection.tell({ type: 'started', id, instance, release });
      const { exitCode, endedBy } = await converse(connection, execution, { over, signal });
      await this.#end(id, exitCode, endedBy);
      if (endedBy !== null) throw endedBy;
      return exitCode;
    } catch (error) {
      await this.#end(id, null, error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #end(id: string, exitCode: number | null, error: unknown): Promise<void> {
    const reason = error === null ? null : reportOf(error).message;
    say(`${id}: ended${exitCode === null ? '' : ` with ${exitCode}`}${reason === null ? '' : `: ${reason}`}`);
    await endExecution(this.#ctx.db, id, { exitCode, reason }).catch(told(id));
  }
}

/** Carries what is said to the command and what it prints to the caller, until it has ended and all was sent. */
async function converse(
  connection: Connection,
  execution: Execution,
  { over, signal }: { over: AbortController; signal: AbortSignal },
) {
  connection.listen((text) => {
    try {
      obey(connection, execution, parseSaid(text));
    } catch (error) {
      over.abort(error);
    }
  }, execution.stdin);
  const sent = [connection.send('stdout', execution.stdout), connection.send('stderr', execution.stderr)];
  const end = await execution.ended;
  await Promise.race([Promise.all(sent), aborted(signal).then(() => sleep(lastWordsMs))]);
  return end;
}

function obey(connection: Connection, execution: Execution, said: ExecSaid): void {
  if (said.type === 'stdin-end') execution.stdin.end();
  else if (said.type === 'taken') connection.taken(said.stream, said.bytes);
  else if (said.type === 'resize') execution.resize(said);
  else execution.kill(said.signal);
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

function tooMany(): KovaError {
  return new KovaError('CONFLICT', `${mostAtOnce} commands run already`, { next: '`kova exec --list` names them.' });
}

function tooLong(ms: number): KovaError {
  return new KovaError('STEP_TIMEOUT', `it was ended after ${formatDuration(ms)}`, {
    next: 'Give it more time with --timeout.',
  });
}
