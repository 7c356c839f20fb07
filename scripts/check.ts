import { spawnSync } from 'node:child_process';

/** `npm run check`: types, lint and cycles, dead code, file sizes, one after the other; fails at the first. */
const checks: Array<{ name: string; argv: string[] }> = [
  { name: 'types', argv: ['tsc', '-b', '.'] },
  { name: 'types of scripts, demo, bench and stories', argv: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'lint, format, import cycles, layers', argv: ['biome', 'check'] },
  { name: 'dead code', argv: ['knip'] },
  { name: 'reference and links of the docs', argv: ['node', 'scripts/docs.ts', '--check'] },
  { name: 'file sizes', argv: ['node', 'scripts/file-sizes.ts'] },
];

for (const { name, argv } of checks) {
  const [program = '', ...args] = argv;
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'passed' : 'FAILED'}: ${name}`);
  if (status !== 0) process.exit(1);
}
