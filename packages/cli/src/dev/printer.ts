import { relative } from 'node:path';
import type { Addresses, DevEvent, Emit } from '@kova/control/dev/event';
import { formatDuration } from '@kova/core/config/duration';
import type { Cli } from '../cli.ts';
import { plain } from '../output/table.ts';

/** Prints what happens: for people as lines, with --json each event as a line of JSON. */
export function printerFor({ out, json, cwd }: Cli): Emit {
  if (json) return (event) => void out.write(`${JSON.stringify(event)}\n`);
  return (event) => {
    for (const line of linesOf(event, cwd)) out.write(`${line}\n`);
  };
}

/** The lines that an event is told by; none for one that goes without saying. */
export function linesOf(event: DevEvent, cwd: string): string[] {
  switch (event.type) {
    case 'done':
      return [`✓ ${event.part.padEnd(13)}  ${plain(event.about)}${took(event.ms)}`];
    case 'note':
      return event.text.split('\n').map((line, index) => `${index === 0 ? '!' : ' '} ${event.part}: ${plain(line)}`);
    case 'line':
      return event.line.trim() === '' ? [] : [`${event.part} | ${plain(event.line)}`];
    case 'ended':
      return [`✗ ${plain(event.how.split('\n')[0] ?? '')}`, ...endedLines(event)];
    case 'restarted':
      return [`✓ ${event.part}: ready again after ${formatDuration(event.ms)}`];
    case 'ready':
      return readyLines(event.addresses, event.ms, cwd);
    case 'stopping':
      return ['', 'Stopping …'];
    default:
      return [];
  }
}

function endedLines({ part, tail, next }: Extract<DevEvent, { type: 'ended' }>): string[] {
  return [...tail.map((line) => `  ${part} | ${plain(line)}`), ...(next ? [`  → ${plain(next)}`] : [])];
}

/** What takes no time to speak of is told without it. */
function took(ms: number): string {
  return ms < 100 ? '' : `  (${formatDuration(ms)})`;
}

function readyLines({ app, https, database, redis, logs, connect }: Addresses, ms: number, cwd: string): string[] {
  const shown = { app, https, database, redis, logs: fromHere(cwd, logs) };
  const rows = Object.entries(shown).filter((row): row is [string, string] => row[1] !== null);
  return [
    '',
    ...rows.map(([name, address]) => `  ${name.padEnd(8)}  ${address}`),
    '',
    `Ready in ${formatDuration(ms)}. Ctrl-C ends it; the data stay.`,
    ...(connect ? [`Addresses with passwords: ${fromHere(cwd, connect)}`] : []),
    '',
  ];
}

function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}
