import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createArtefacts } from '../../artefacts/artefacts.ts';
import { type Home, homeAt, prepareHome } from '../../home/home.ts';
import { appIdentity } from '../../home/unprivileged.ts';
import { createJobRunner, type JobRunnerOptions, type LocalJobRunner } from '../../pipeline/runner.ts';
import type { Artefacts } from '../../ports/artefacts.ts';
import type { Commits } from '../../ports/builder.ts';
import { createCommits } from '../commits.ts';

/** A home, its parts, and a repository whose commits can be shipped into it; for tests. */
export interface World {
  base: string;
  home: Home;
  commits: Commits;
  artefacts: Artefacts;
  jobs: LocalJobRunner;
  repository: string;
  /** Writes the files, commits them and sends the commit; a value of `→ x` makes a link to x. */
  ship(files: Record<string, string>, project?: string): Promise<string>;
  remove(): Promise<void>;
}

export async function openWorld(options: Partial<JobRunnerOptions> = {}): Promise<World> {
  const base = await mkdtemp(join(tmpdir(), 'kova-build-'));
  await chmod(base, 0o711);
  const home = homeAt(join(base, 'home'));
  await prepareHome(home);
  const repository = join(base, 'repository');
  gitIn(base, 'init', '--quiet', repository);
  const commits = createCommits(home.repositories);
  const artefacts = createArtefacts(home.artefacts);
  return {
    base,
    home,
    commits,
    artefacts,
    jobs: createJobRunner({ home, artefacts, as: appIdentity(), ...options }),
    repository,
    async ship(files, project = 'shop') {
      const commit = await commitFiles(repository, files);
      const bundle = join(base, 'sent.bundle');
      gitIn(repository, 'bundle', 'create', '--quiet', bundle, 'HEAD');
      await commits.receive(project, commit, createReadStream(bundle));
      return commit;
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

export async function commitFiles(repository: string, files: Record<string, string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(repository, path);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    if (content.startsWith('→ ')) await symlink(content.slice(2), file);
    else await writeFile(file, content);
  }
  gitIn(repository, 'add', '--all');
  gitIn(repository, 'commit', '--quiet', '--allow-empty', '-m', 'A title\n\nand a body');
  return gitIn(repository, 'rev-parse', 'HEAD').trim();
}

export function gitIn(cwd: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The files of a small app whose `npm run build` runs `build`, a CommonJS script that shall fill `dist`. */
export function app(build: string, overrides = ''): Record<string, string> {
  return {
    'package.json': JSON.stringify({ name: 'shop', version: '1.0.0', scripts: { build: 'node build.cjs' } }),
    'package-lock.json': JSON.stringify({
      name: 'shop',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name: 'shop', version: '1.0.0' } },
    }),
    'build.cjs': `const fs = require('fs'); fs.mkdirSync('dist'); fs.writeFileSync('dist/server.js', '1');\n${build}`,
    'kova.config.ts': `import { defineConfig, node } from 'kova'
export default defineConfig({
  name: 'shop',
  app: node({ build: 'npm run build', start: 'node server.js', output: [{ from: 'dist' }], ${overrides} }),
})
`,
  };
}
