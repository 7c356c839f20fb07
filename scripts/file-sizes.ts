import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A file is one concept: no source file over 400 lines, nine of ten at most 250, half at most 80. */
const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'packages', 'scripts', 'demo', 'bench', 'e2e'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  // One that was moved away is listed until that is committed.
  .filter((path) => path.endsWith('.ts') && existsSync(path));

const sizes = files.map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }));
sizes.sort((a, b) => a.lines - b.lines);
const at = (share: number) => sizes[Math.floor(share * (sizes.length - 1))]?.lines ?? 0;
const tooLong = sizes.filter(({ lines }) => lines > 400);

console.log(`${sizes.length} files; median ${at(0.5)}, 90 % ${at(0.9)}, longest ${at(1)} lines`);
for (const { path, lines } of tooLong) console.log(`${path}: ${lines} lines, 400 allowed`);
if (tooLong.length > 0 || at(0.9) > 250 || at(0.5) > 80) process.exit(1);
