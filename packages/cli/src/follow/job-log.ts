import { once } from 'node:events';
import type { Client } from '../api/client.ts';
import type { Cli } from '../cli.ts';
import { plain } from '../output/table.ts';

/**
 * Prints what a job has printed, each line after the prefix; follows it until it ends.
 * @returns the lines, with `--json`, which prints them at its end
 */
export async function printJobLog(cli: Cli, client: Client, run: string, job: string, prefix = ''): Promise<string[]> {
  const path = `/v1/runs/${encodeURIComponent(run)}/jobs/${encodeURIComponent(job)}/log`;
  const kept: string[] = [];
  for await (const { text } of client.events<{ text: string }>(path, new AbortController().signal)) {
    const lines = text.split('\n');
    if (cli.json) kept.push(...lines);
    else if (!cli.out.write(lines.map((line) => `${prefix}${plain(line)}\n`).join(''))) await once(cli.out, 'drain');
  }
  return kept;
}
