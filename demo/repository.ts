import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const made = new Set([
  'node_modules',
  '.next',
  'coverage',
  'reports',
  'playwright-report',
  'test-results',
  'next-env.d.ts',
  'tsconfig.tsbuildinfo',
]);

/** Windows short enough for a demo; the shop's own are what a real project would have. */
const shorter = [
  ["stability: '5m'", "stability: '15s'"],
  ["{ deploy: 'auto'", "{ deploy: 'auto', stability: '2s'"],
  ["      deploy: 'auto',\n", "      deploy: 'auto',\n      stability: '2s',\n"],
] as const;

/**
 * Without the jobs and checks that take longest, most of which drive a browser, and the gate on what one of them reports.
 * Nor is load judged, of which a machine that is busy with other things bears less.
 */
const fewerJobs = [
  ["      'e2e-tests': { inputs: [...common, 'tests/e2e', 'playwright.config.ts'] },\n", "      'e2e-tests': null,\n"],
  ["      'performance-audit': { inputs: common },\n", "      'performance-audit': null,\n"],
  ['      lighthouse: { performance: 0.7, accessibility: 0.9 },\n', ''],
  ["checks: ['integration', 'e2e']", "checks: ['integration']"],
  ["      checks: ['load', 'lighthouse', 'security'],\n", ''],
] as const;

/** What a release and its services run in, and images of theirs when not the usual ones. */
export interface DemoRuntime {
  runtime: 'process' | 'docker';
  postgres?: string | undefined;
  redis?: string | undefined;
}

/** The line by which the shop moves from processes to containers, and images, as the shop's own linter wants them. */
function inContainers({ postgres, redis }: DemoRuntime): ReadonlyArray<readonly [string, string]> {
  const services = [
    `    postgres: postgres(${postgres ? `{ image: '${postgres}' }` : ''}),\n`,
    `    redis: redis({ optional: true${redis ? `, image: '${redis}'` : ''} }),\n`,
  ];
  return [
    ["  name: 'storefront',\n", "  name: 'storefront',\n  runtime: 'docker',\n"],
    [
      '  services: { postgres: postgres(), redis: redis({ optional: true }) },\n',
      `  services: {\n${services.join('')}  },\n`,
    ],
  ];
}

/** A git repository of the shop, which the demo commits to. */
export class Repository {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Copies the shop without what its tools have made, and commits it. `directory` must not exist yet. */
  static async of(shop: string, directory: string): Promise<Repository> {
    await cp(shop, directory, { recursive: true, filter: (path) => path === shop || !made.has(basename(path)) });
    const repository = new Repository(directory);
    await repository.#git('init', '-q', '-b', 'main');
    await repository.#commit('Open the shop');
    return repository;
  }

  /** Commits the demo's short windows, and without `full` fewer jobs; returns the commit and the lines it changed. */
  async shorten(full: boolean, runtime: DemoRuntime): Promise<{ commit: string; lines: string[] }> {
    const file = join(this.directory, 'kova.config.ts');
    let text = await readFile(file, 'utf8');
    const moved = runtime.runtime === 'docker' ? inContainers(runtime) : [];
    for (const [before, after] of [...shorter, ...(full ? [] : fewerJobs), ...moved]) {
      if (!text.includes(before)) throw new Error(`kova.config.ts of the shop has no longer \`${before}\``);
      text = text.replaceAll(before, after);
    }
    await writeFile(file, text);
    const commit = await this.#commit('Shorten the ways for the demo');
    const diff = await this.#git('show', '--format=', '-U0', 'HEAD');
    return { commit, lines: diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line)) };
  }

  /** Commits a patch; its first line of prose is the message. */
  async apply(patch: string, message: string): Promise<string> {
    await this.#git('apply', '--index', patch);
    return this.#commit(message);
  }

  /** How a commit travels to Kova. */
  async bundle(): Promise<Uint8Array<ArrayBuffer>> {
    const { stdout } = await run('git', ['-C', this.directory, 'bundle', 'create', '-q', '-', 'HEAD'], {
      encoding: 'buffer',
      maxBuffer: 1 << 28,
    });
    return new Uint8Array(stdout);
  }

  async #commit(message: string): Promise<string> {
    await this.#git('add', '-A');
    await this.#git('commit', '-q', '-m', message);
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  async #git(...args: string[]): Promise<string> {
    const author = ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false'];
    return (await run('git', ['-C', this.directory, ...author, ...args], { encoding: 'utf8' })).stdout;
  }
}
