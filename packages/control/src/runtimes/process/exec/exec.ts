import { KovaError } from '@kova/core/errors/kova-error';
import type { ExecRequest, Execution } from '../../../ports/exec.ts';
import { isFound } from '../startable.ts';
import type { ConfinedPlan } from '../system/confined.ts';
import { execWithPipes } from './pipes.ts';
import { execOnTerminal } from './terminal.ts';

/**
 * Runs a command confined as an instance is, as a launch of its own.
 * @throws KovaError PROGRAM_MISSING, EXEC_IMPOSSIBLE
 */
export async function execConfined(plan: ConfinedPlan, launch: string, request: ExecRequest): Promise<Execution> {
  const [program = ''] = plan.argv;
  if (!(await isFound(program, plan.env.PATH, plan.cwd))) {
    const where = program.includes('/') ? `in ${plan.cwd}` : `on the PATH of the instance (${plan.env.PATH})`;
    throw new KovaError('PROGRAM_MISSING', `there is no program \`${program}\` ${where}`);
  }
  const { terminal, signal } = request;
  return terminal === null ? execWithPipes(plan, launch, signal) : execOnTerminal(plan, launch, terminal, signal);
}
