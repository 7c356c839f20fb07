// Runs one of Kova's programs on the Node that the lockfile pins, whatever Node the machine has.
// Installs first when that was not done yet. Plain JavaScript: it must run on the machine's own Node.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const node = join(bin, 'node');

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  console.error('Installing what the lockfile names (once) …');
  const npm = process.env.npm_execpath;
  const [program, ...args] = npm ? [process.execPath, npm] : ['npm'];
  // What npm warns of is the machine's Node, which runs nothing but this.
  const installed = spawnSync(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (installed.status !== 0) process.exit(installed.status ?? 1);
}

const [program, ...args] = process.argv.slice(2);
const result = spawnSync(existsSync(node) ? node : process.execPath, [join(root, program), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH: bin + delimiter + process.env.PATH },
});
process.exit(result.status ?? 1);
