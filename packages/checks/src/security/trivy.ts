import { KovaError } from '@kova/core/errors/kova-error';
import type { Place } from '../check.ts';
import { findProgram } from '../find-program.ts';
import { runTool } from '../run.ts';
import type { Part } from './part.ts';
import type { SarifRun } from './sarif.ts';

const timeoutMs = 600_000;

/** What Trivy finds, where it is installed. */
export const trivyPart: Part = {
  name: 'trivy',
  tool: { name: 'Trivy', version: '', url: 'https://github.com/aquasecurity/trivy' },
  check: checkByTrivy,
};

async function checkByTrivy({ cwd, env }: Place): Promise<SarifRun[] | null> {
  const program = await findProgram(env, ['trivy']);
  if (!program) return null;
  const argv = [program, 'fs', '--quiet', '--format', 'sarif', '--skip-dirs', 'node_modules', '.'];
  const { exitCode, stdout, stderr } = await runTool(argv, { cwd, env, timeoutMs });
  const last = stderr.trim().split('\n').at(-1);
  if (exitCode !== 0) throw new KovaError('COMMAND_FAILED', `trivy ended with ${exitCode}: ${last}`);
  const runs = runsOf(stdout);
  if (!runs) throw new KovaError('COMMAND_FAILED', 'trivy wrote no SARIF');
  return runs;
}

function runsOf(text: string): SarifRun[] | null {
  try {
    const { runs } = JSON.parse(text);
    return Array.isArray(runs) && runs.every((run) => run?.tool?.driver?.name && Array.isArray(run.results))
      ? runs
      : null;
  } catch {
    return null;
  }
}
