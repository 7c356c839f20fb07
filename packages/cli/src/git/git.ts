import { execFile } from 'node:child_process';
import { KovaError } from '@kova/core/errors/kova-error';

const outputLimit = 64 * 1024 * 1024;
/** Set inside git hooks; they would name another repository than the directory does. */
const foreign = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'];

/** What git prints. Null when it ends with an error status. @throws KovaError COMMAND_FAILED when git cannot be run */
export function tryGit(directory: string, args: readonly string[]): Promise<string | null> {
  return run(directory, args).then(({ failed, stdout }) => (failed ? null : stdout));
}

/** What git prints. @throws KovaError COMMAND_FAILED with what it says on stderr */
export async function git(directory: string, args: readonly string[]): Promise<string> {
  const { failed, stdout, stderr } = await run(directory, args);
  if (failed) throw new KovaError('COMMAND_FAILED', `git ${args[0]}: ${stderr.trim() || failed.message}`);
  return stdout;
}

interface Outcome {
  failed: Error | null;
  stdout: string;
  stderr: string;
}

function run(directory: string, args: readonly string[]): Promise<Outcome> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  for (const name of foreign) delete env[name];
  return new Promise((resolve, reject) => {
    execFile('git', args, { cwd: directory, env, maxBuffer: outputLimit }, (failed, stdout, stderr) => {
      if (failed && typeof failed.code !== 'number') reject(cannotRun(directory, failed));
      else resolve({ failed, stdout, stderr });
    });
  });
}

function cannotRun(directory: string, cause: Error): KovaError {
  return new KovaError('COMMAND_FAILED', `git cannot be run in ${directory}: ${cause.message}`, {
    cause,
    next: 'See that git is installed and the directory exists; `kova doctor` checks it.',
  });
}
