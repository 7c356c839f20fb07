import { type ExecFileException, execFile } from 'node:child_process';
import { KovaError } from '@kova/core/errors/kova-error';

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const outputLimit = 256 * 1024 * 1024;

/**
 * Runs a program to its end, without a shell.
 * @throws KovaError COMMAND_FAILED when it cannot be started, is ended by a signal or takes longer than `timeoutMs`.
 */
export function runTool(
  argv: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<Ran> {
  const [program = '', ...args] = argv;
  const { cwd, env, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const settings = { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: outputLimit } as const;
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(notRun(argv, error));
      else resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

function notRun(argv: readonly string[], { killed, signal, message }: ExecFileException): KovaError {
  const why = killed ? 'took too long' : signal ? `was ended by ${signal}` : message;
  return new KovaError('COMMAND_FAILED', `\`${argv.join(' ')}\` ${why}`);
}
