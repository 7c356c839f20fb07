import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Secret, scrub } from '@kova/core/secret';
import type { LogLine, SlotSpec } from '../../ports/runtime.ts';
import { secretLines } from '../slot/spec.ts';
import { LineSplitter, type PlacedLine } from './line-splitter.ts';
import { LogFile } from './log-file.ts';

type Stream = LogLine['stream'];

export interface Source {
  instance: string;
  stream: Stream;
  file: LogFile;
}

const longestLine = 8192;
const blockBytes = 65_536;

/** The output of the instances of one release in a slot: `<logs>/<slot>/<release>/<instance>.<stream>.log`. */
export class SlotLogs {
  readonly #secrets: Secret[];
  readonly sources: readonly Source[];

  constructor(root: string, spec: SlotSpec) {
    this.#secrets = secretLines(spec.env);
    const folder = join(root, spec.slot, spec.release);
    const streams: Stream[] = ['stdout', 'stderr'];
    this.sources = Array.from({ length: spec.instances }, (_, index) =>
      streams.map((stream) => ({
        instance: `${spec.slot}/${index}`,
        stream,
        file: new LogFile(join(folder, `${index}.${stream}.log`), spec.maxLogBytes),
      })),
    ).flat();
  }

  /** The last lines of one instance, from where its present launch began to write. */
  lastOf(index: number, count: number, starts: { stdout?: number; stderr?: number }): LogLine[] {
    const own = this.sources.slice(index * 2, index * 2 + 2);
    const ends = new Map(own.map((source) => [source, source.file.end]));
    return this.tail(count, ends, new Map(own.map((source) => [source, starts[source.stream] ?? 0])));
  }

  /** How far the output of one instance went. */
  endsOf(index: number): Record<Stream, number> {
    return { stdout: this.of(index, 'stdout').end, stderr: this.of(index, 'stderr').end };
  }

  of(index: number, stream: Stream): LogFile {
    const source = this.sources[index * 2 + (stream === 'stdout' ? 0 : 1)];
    if (!source) throw new RangeError(`no instance ${index}`);
    return source.file;
  }

  check(): void {
    for (const { file } of this.sources) {
      try {
        file.check();
      } catch {
        // It was removed, or there is no descriptor to be had: the next check is soon.
      }
    }
  }

  ends(): Map<Source, number> {
    return new Map(this.sources.map((source) => [source, source.file.end]));
  }

  /** The last lines written before `ends` and not before `starts`, of all sources in the order of writing. */
  tail(count: number, ends = this.ends(), starts?: ReadonlyMap<Source, number>): LogLine[] {
    const lines = [...ends].flatMap(([source, end]) =>
      lastLines(source.file, count, starts?.get(source) ?? source.file.start, end).map((line) => ({
        time: source.file.timeOf(line.at),
        line: this.show(source, line),
      })),
    );
    lines.sort((a, b) => a.time - b.time);
    return count > 0 ? lines.slice(-count).map(({ line }) => line) : [];
  }

  show({ instance, stream }: Source, { text }: PlacedLine): LogLine {
    return { instance, stream, text: scrub(text, this.#secrets).slice(0, longestLine) };
  }
}

/** Removes the logs of earlier releases of a slot but for the newest one of them. */
export function pruneLogs(root: string, spec: SlotSpec): void {
  const folder = join(root, spec.slot);
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name !== spec.release);
  } catch {
    return;
  }
  const timed = names.map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }));
  timed.sort((a, b) => b.time - a.time);
  for (const { name } of timed.slice(1)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Goes back block by block until there are lines enough. */
function lastLines(file: LogFile, count: number, start: number, end: number): PlacedLine[] {
  for (let blocks = 1; ; blocks *= 2) {
    const from = Math.max(start, file.start, end - blocks * blockBytes);
    const lines = linesBetween(file, from, end);
    if (from <= Math.max(start, file.start)) return lines.slice(-count);
    // The first one may have begun before the block.
    if (lines.length > count) return lines.slice(-count);
  }
}

function linesBetween(file: LogFile, from: number, end: number): PlacedLine[] {
  const splitter = new LineSplitter();
  const lines: PlacedLine[] = [];
  for (let position = from; position < end; ) {
    const { bytes, next } = file.read(position, Math.min(blockBytes, end - position));
    lines.push(...splitter.push(bytes, next - bytes.length));
    if (next <= position) break;
    position = next;
  }
  return [...lines, ...splitter.flush()];
}
