import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../../ports/runtime.ts';
import { LineSplitter } from './line-splitter.ts';
import type { SlotLogs, Source } from './slot-logs.ts';

const pollMs = 100;
const blockBytes = 65_536;

interface Cursor {
  position: number;
  splitter: LineSplitter;
}

/**
 * New lines as they come, from the given positions on, across rotations and over to the next release of the slot.
 * A line without its end is held back until it has one.
 */
export async function* follow(
  current: () => SlotLogs | null,
  ends: ReadonlyMap<Source, number>,
  signal: AbortSignal | undefined,
): AsyncIterable<LogLine> {
  const cursors = new Map<Source, Cursor>();
  for (const [source, position] of ends) cursors.set(source, { position, splitter: new LineSplitter() });
  while (!signal?.aborted) {
    const logs = current();
    for (const source of logs?.sources ?? []) {
      const cursor = cursors.get(source) ?? { position: source.file.start, splitter: new LineSplitter() };
      cursors.set(source, cursor);
      for (const line of newLines(source, cursor)) if (logs) yield logs.show(source, line);
    }
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

function* newLines({ file }: Source, cursor: Cursor) {
  for (;;) {
    const { bytes, next } = file.read(cursor.position, blockBytes);
    if (next === cursor.position) return;
    cursor.position = next;
    yield* cursor.splitter.push(bytes, next - bytes.length);
  }
}
