import { execFile } from 'node:child_process';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Check } from './checks.ts';

const gigabyte = 1e9;
const leastNode = 24;

export async function checkNode(version = process.versions.node): Promise<Check> {
  const ok = Number.parseInt(version, 10) >= leastNode;
  const next = `Run \`npm ci\` in Kova's folder, which brings Node ${leastNode}.`;
  return { name: 'node', ok, found: `Node ${version}`, next };
}

export async function checkProgram(program: string, next: string): Promise<Check> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 20_000 });
    return { name: program, ok: true, found: stdout.trim(), next };
  } catch (error) {
    return { name: program, ok: false, found: `cannot be run: ${(error as Error).message.split('\n')[0]}`, next };
  }
}

/** The free space where Kova's state lies, or will lie. */
export async function checkDisk(path: string): Promise<Check> {
  const name = 'disk';
  const next = "Free some space there, or set KOVA_HOME to a larger disk's directory.";
  try {
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    return { name, ok: free > gigabyte, found: `${(free / gigabyte).toFixed(1)} GB free at ${path}`, next };
  } catch (error) {
    const above = dirname(path);
    if (above !== path) return checkDisk(above);
    return { name, ok: false, found: (error as Error).message, next };
  }
}

/** A token that others may read is no secret. */
export async function checkToken(file: string): Promise<Check> {
  const name = 'token';
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? 'unreadable');
  if (found === 'ENOENT') return { name, ok: true, found: 'none yet; `kova up` makes it', next: '' };
  if (typeof found === 'string') return { name, ok: false, found: `${file}: ${found}`, next: 'Run this as its owner.' };
  const mode = found.mode & 0o777;
  const text = `${file} has mode ${mode.toString(8).padStart(4, '0')}`;
  return { name, ok: (mode & 0o077) === 0, found: text, next: `Run \`chmod 600 ${file}\`.` };
}
