import { randomUUID } from 'node:crypto';
import type { Identity } from '../../home/unprivileged.ts';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { listeningSockets } from '../health/listening.ts';
import { listeningInWords } from '../health/listening-words.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import type { Launched, Launcher } from '../slot/launcher.ts';
import { cleanHistory } from '../slot/restart-policy.ts';
import { revealed } from '../slot/spec.ts';
import { execConfined } from './exec/exec.ts';
import { endingOfAdopted, launch } from './launch.ts';
import type { ProcessRecord } from './records.ts';
import { type ConfinedPlan, notExecuted } from './system/confined.ts';
import type { Ports } from './system/ports.ts';
import { groupOf, isRunning, type ProcessRef, refTo } from './system/processes.ts';
import { launchVariable, remainders, terminate } from './system/terminate.ts';
import { usageOf } from './system/usage.ts';

export interface ProcessSurroundings {
  spec: SlotSpec;
  logs: SlotLogs;
  runtimeId: string;
  host: string;
  as: Identity | null;
  ports: Ports;
  /** The launches that were found running when the runtime was opened, by process number. */
  found: ReadonlyMap<number, string>;
}

/** Launches instances as groups of processes that listen on loopback ports. */
export class ProcessLauncher implements Launcher<ProcessRecord> {
  readonly #around: ProcessSurroundings;

  constructor(around: ProcessSurroundings) {
    this.#around = around;
  }

  blank(): ProcessRecord {
    const common = { launch: '', startedAt: Date.now(), readyAt: null, restarts: 0, history: cleanHistory };
    return { ...common, port: 0, process: null };
  }

  addressOf({ port }: ProcessRecord) {
    return { host: this.#around.host, port };
  }

  async plan(_index: number, record: ProcessRecord): Promise<ProcessRecord> {
    const { ports, runtimeId } = this.#around;
    const port = await ports.reserve(record.port === 0 ? null : record.port);
    if (port !== record.port && record.port !== 0) ports.release(record.port);
    return { ...record, launch: `${runtimeId}.${randomUUID()}`, port, process: null };
  }

  /** The slot's command with exactly the slot's environment and what Kova adds. */
  async launch(index: number, record: ProcessRecord): Promise<Launched<ProcessRecord>> {
    const { spec, logs, as } = this.#around;
    const { process, ended } = await launch({
      ...this.#plan(index, record, spec.start, record.launch),
      openOutput: (stream) => logs.of(index, stream).open(as),
    });
    return launched(process, ended);
  }

  /** A launch of its own: one that is found when no control plane knows it any more is ended. */
  async exec(index: number, record: ProcessRecord, request: ExecRequest): Promise<Execution> {
    const launch = `${this.#around.runtimeId}.${randomUUID()}`;
    return execConfined(this.#plan(index, record, request.argv, launch), launch, request);
  }

  wasLaunched({ process }: ProcessRecord): boolean {
    return process !== null;
  }

  async adopt(_index: number, record: ProcessRecord, signal: AbortSignal): Promise<Launched<ProcessRecord> | null> {
    const process = this.#leaderOf(record);
    if (!process) return null;
    this.#around.ports.keep(record.port);
    return launched(process, endingOfAdopted(process, signal));
  }

  async end(_index: number, record: ProcessRecord, graceMs: number): Promise<string[]> {
    const left = await terminate(record.process ?? this.#leaderOf(record), record.launch, graceMs);
    return left.map((pid) => `process ${pid}`);
  }

  emptied(record: ProcessRecord): ProcessRecord {
    return { ...record, process: null };
  }

  release({ port }: ProcessRecord): void {
    this.#around.ports.release(port);
  }

  async isTaken({ port }: ProcessRecord): Promise<boolean> {
    return !(await this.#around.ports.isFree(port));
  }

  owns({ process, launch: id, port }: ProcessRecord): boolean | null {
    if (process === null) return null;
    if (listeningSockets(remainders(process, id)).some((socket) => socket.port === port)) return true;
    return isRunning(process) ? false : null;
  }

  describe({ process, launch: id, port }: ProcessRecord): string {
    return listeningInWords(listeningSockets(remainders(process, id)), this.#around.host, port);
  }

  /** setpriv stands between: what it says of a program that it could not start is said as an ending. */
  explainEnding(words: string, lastLine: string): string {
    const complaint = notExecuted.exec(lastLine)?.[1];
    return complaint && /^exited with 12[67]$/.test(words) ? `could not be started (${complaint})` : words;
  }

  async usage({ process }: ProcessRecord) {
    return process ? usageOf(process) : null;
  }

  #plan(index: number, { port }: ProcessRecord, argv: readonly string[], launch: string): ConfinedPlan {
    const { spec, host, as } = this.#around;
    const place = { PORT: String(port), HOST: host, HOSTNAME: host, KOVA_INSTANCE: `${spec.slot}/${index}` };
    const env = { ...revealed(spec.env), ...place, [launchVariable]: launch };
    return { argv, cwd: spec.directory, env, as };
  }

  /** The leader of a recorded launch; by its environment where Kova died between launching and writing it down. */
  #leaderOf({ process, launch: id }: ProcessRecord): ProcessRef | null {
    if (process) return isRunning(process) ? process : null;
    for (const [pid, launchId] of this.#around.found) {
      const ref = launchId === id ? refTo(pid) : null;
      if (ref && groupOf(ref).some((member) => member.pid === pid && member.session === pid)) return ref;
    }
    return null;
  }
}

function launched(process: ProcessRef | null, ended: Promise<string>): Launched<ProcessRecord> {
  return {
    body: { process },
    started: process !== null,
    pid: process?.pid ?? null,
    ended: ended.then((words) => ({ words })),
  };
}
