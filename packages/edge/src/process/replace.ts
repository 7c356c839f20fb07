import { KovaError } from '@kova/core/errors/kova-error';

/** Goes on as another program under the same pid, so that a supervisor keeps what it has started. Does not return. */
export function replaceProcess(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): never {
  if (process.execve) return process.execve(file, [file, ...argv], env);
  throw new KovaError('COMMAND_FAILED', 'this system cannot run a program in the place of another', {
    next: 'Use `kova up`, which needs no supervisor.',
  });
}
