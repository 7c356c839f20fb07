import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunView } from '@kova/control/api';
import { Repository } from '../../demo/repository.ts';
import type { TestKova } from '../../e2e/testing/kova.ts';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const cli = join(root, 'packages/cli/bin/kova.js');

export interface Timed {
  run: RunView;
  /** From the command line to its end, ms. */
  wallMs: number;
}

/** The storefront in a repository of its own, whose pipeline is run from the command line as its developers would. */
export class Shop {
  readonly kova: TestKova;
  readonly directory: string;

  private constructor(kova: TestKova, directory: string) {
    this.kova = kova;
    this.directory = directory;
  }

  static async of(kova: TestKova): Promise<Shop> {
    const directory = join(kova.home, 'storefront');
    await Repository.of(join(root, 'examples/storefront'), directory);
    return new Shop(kova, directory);
  }

  /** `kova pipeline run`; what jobs come to is in the answer, also when they fail. */
  async prove(...jobs: string[]): Promise<Timed> {
    const env = { ...this.kova.env, KOVA_URL: this.kova.control.url };
    const argv = [cli, 'pipeline', 'run', '--json', ...(jobs.length > 0 ? ['--job', ...jobs] : [])];
    const began = performance.now();
    const options = { cwd: this.directory, env, maxBuffer: 1 << 26 };
    const { stdout } = await execute(process.execPath, argv, options).catch((failed: { stdout: string }) => failed);
    return { run: JSON.parse(stdout) as RunView, wallMs: performance.now() - began };
  }

  /** Commits all that was changed. */
  async commit(message: string): Promise<void> {
    await execute('git', ['-C', this.directory, 'add', '-A']);
    const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
    await execute('git', ['-C', this.directory, ...author, 'commit', '-q', '-m', message]);
  }

  /** Forgets what is known of jobs, so that all of them are run again; what npm has downloaded stays. */
  async forget(): Promise<void> {
    await rm(join(this.kova.home, 'results'), { recursive: true, force: true });
  }
}

/**
 * A job that has nothing to compare with, or got no answer from outside, has done its work all the same.
 * @throws Error that says what went wrong: the figures would be those of something else
 */
export function requireDone({ run }: Timed): void {
  const wrong = run.jobs.filter(({ state }) => state !== 'passed' && state !== 'inconclusive');
  if (wrong.length > 0)
    throw new Error(wrong.map(({ name, state, reason }) => `${name} ${state}: ${reason}`).join('; '));
}
