import { appendFile } from 'node:fs/promises';
import type { RunView } from '@kova/control/api';
import type { Cli } from '../cli.ts';

/** Sets outputs of the step that runs this, where a later one reads them; does nothing outside of GitHub. */
export async function setOutputs({ env }: Cli, outputs: Readonly<Record<string, string>>): Promise<void> {
  if (!env.GITHUB_OUTPUT) return;
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
  await appendFile(env.GITHUB_OUTPUT, lines.join(''));
}

/** GitHub knows green and red only: what was not checked is green there, with a warning beside it. */
export function warnOfUnchecked({ env, json, out }: Cli, run: RunView): void {
  if (env.GITHUB_ACTIONS !== 'true' || json) return;
  for (const { name, reason } of run.jobs.filter(({ state }) => state === 'inconclusive')) {
    out.write(`::warning title=not checked::${escapeData(`${name}: ${reason}`)}\n`);
  }
}

/** What ends a command of GitHub's, or begins another. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
