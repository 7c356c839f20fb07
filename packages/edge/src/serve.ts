import { KovaError } from '@kova/core/errors/kova-error';
import { readLiveEdge } from './process/edge-file.ts';
import { replaceProcess } from './process/replace.ts';
import { type EdgeProgramOptions, edgeProgram } from './program.ts';

/**
 * Turns this process into the edge of a directory: for a supervisor, which starts it again when it ends. SIGTERM gives
 * what is open ten seconds. Does not return. @throws KovaError ALREADY_RUNNING
 */
export async function becomeEdge(options: EdgeProgramOptions): Promise<never> {
  const running = await readLiveEdge(options.dir);
  if (running) {
    throw new KovaError('ALREADY_RUNNING', `process ${running.pid} is the edge of ${options.dir}`, {
      next: 'Let its supervisor keep it, or stop it with `kova down` first.',
    });
  }
  const { node, argv, env } = await edgeProgram(options);
  process.chdir(options.dir);
  return replaceProcess(node, argv, env);
}
