import { InvalidArgumentError } from 'commander';
import { weighBundle } from '../bundle/bundle.ts';
import type { BundleReport } from '../bundle/report.ts';
import { knownLibraries } from '../bundle/weigh.ts';
import { dropReport, writeReport } from '../report/write.ts';
import { type Definition, documented, several } from './definition.ts';

const name = 'bundle.json';

export const bundleCommand: Definition = (program, place) => {
  const command = program.command('bundle');
  documented(
    command,
    'weigh what the build sends to browsers, per chunk and page',
    'kova-check bundle',
    "kova-check bundle --dir dist/assets --library 'three=WebGLRenderer'",
  );
  command
    .option(
      '--dir <dir>',
      'weigh the scripts and styles below it; may be repeated (default: what the build tool uses)',
      several,
    )
    .option('--library <name=pattern>', 'name the chunks that hold this text; may be repeated', library, new Map())
    .action(async ({ dir = [], library: own }: { dir?: string[]; library: Map<string, RegExp> }) => {
      await dropReport(place, name);
      const report = await weighBundle(place.cwd, dir, new Map([...knownLibraries, ...own]));
      place.say(tableText(report));
      await writeReport(place, name, report);
    });
};

function library(text: string, before: ReadonlyMap<string, RegExp>): Map<string, RegExp> {
  const [, called, pattern] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (!called || !pattern) throw new InvalidArgumentError('Write name=pattern.');
  try {
    return new Map([...before, [called, new RegExp(pattern)]]);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function tableText({ chunks, routes, total }: BundleReport): string {
  const rows = chunks.map((chunk) => line(chunk.chunk, chunk, chunk.libraries.join(' ')));
  const pages = routes.map((route) => line(route.route, route));
  const head = (what: string) =>
    `${what.padEnd(40)} ${['raw', 'gzip', 'brotli'].map((text) => text.padStart(11)).join(' ')}`;
  return [
    head('chunk'),
    ...rows,
    line('all', total),
    ...(pages.length > 0 ? [head('page, first load'), ...pages] : []),
  ].join('\n');
}

function line(what: string, { bytes, gzip, brotli }: BundleReport['total'], note = ''): string {
  const sizes = [bytes, gzip, brotli].map((size) => `${(size / 1024).toFixed(1)} KiB`.padStart(11)).join(' ');
  return `${what.padEnd(40)} ${sizes}  ${note}`.trimEnd();
}
