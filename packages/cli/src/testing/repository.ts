import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kova-cli-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function gitIn(directory: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...who, ...args], { cwd: directory, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A git repository with one commit of the files. */
export function repositoryWith(files: Record<string, string>): string {
  const directory = temporaryDirectory();
  gitIn(directory, 'init', '--quiet', '--initial-branch=main');
  commitFiles(directory, files);
  return directory;
}

export function commitFiles(directory: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  gitIn(directory, 'add', '--all');
  gitIn(directory, 'commit', '--quiet', '--message', 'change');
  return gitIn(directory, 'rev-parse', 'HEAD');
}
