import { spawnSync } from 'node:child_process';

/** `npm test`: the whole suite, or what the arguments name. Skipped tests and their reasons are listed at the end. */
const { status } = spawnSync('vitest', ['run', '--reporter=default', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
