import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunView } from '@kova/control/api';
import { Repository } from '../../demo/repository.ts';
import type { TestKova } from '../../e2e/testing/kova.ts';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const cli = join(root, 'packages/cli/bin/kova.js');

const common = ['package.json', 'package-lock.json', 'tsconfig.json'];
const source = [
  'app',
  'components',
  'db',
  'lib',
  'public',
  'scripts',
  'server',
  'instrumentation.ts',
  'next.config.ts',
];
const inputs: Record<string, string[]> = {
  build: [...common, ...source],
  'unit-tests': [...common, 'components', 'lib', 'server', 'vitest.config.ts'],
  'integration-tests': [...common, 'lib', 'tests/integration', 'vitest.integration.config.ts'],
  'e2e-tests': [...common, 'tests/e2e', 'playwright.config.ts'],
  'performance-audit': common,
  'bundle-analysis': common,
};

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
    const shop = new Shop(kova, directory);
    await shop.declareInputs();
    return shop;
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

  /** Says of the jobs what they depend on, as a project does that wants no more of them run than must be. */
  private async declareInputs(): Promise<void> {
    const file = join(this.directory, 'kova.config.ts');
    const text = await readFile(file, 'utf8');
    const jobs = Object.entries(inputs).map(([name, paths]) => `'${name}': { inputs: ${JSON.stringify(paths)} },`);
    const place = '  pipeline: {\n';
    if (!text.includes(place)) throw new Error('kova.config.ts of the shop has no pipeline');
    await writeFile(file, text.replace(place, `${place}    jobs: { ${jobs.join(' ')} },\n`));
    await this.commit('Say what jobs depend on');
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
