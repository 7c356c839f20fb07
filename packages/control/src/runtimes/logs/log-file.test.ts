import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptCopies, LogFile } from './log-file.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kova-logs-'));
  path = join(directory, '0.stdout.log');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function readAll(file: LogFile, position = file.start): string {
  let text = '';
  for (;;) {
    const { bytes, next } = file.read(position, 7);
    if (next === position) return text;
    text += bytes;
    position = next;
  }
}

describe('LogFile', () => {
  test('reads on across rotations as if there were none', () => {
    const file = new LogFile(path, 10);
    let written = '';
    const reader = { position: 0, text: '' };
    for (let number = 100; number < 160; number += 1) {
      appendFileSync(path, `${number}\n`);
      written += `${number}\n`;
      file.check();
      if (number % 4 !== 0) continue;
      reader.text += readAll(file, reader.position);
      reader.position = file.end;
    }
    expect(reader.text + readAll(file, reader.position)).toBe(written);
    expect(existsSync(`${path}.${keptCopies}`)).toBe(true);
    expect(existsSync(`${path}.${keptCopies + 1}`)).toBe(false);
  });

  test('a reader that was too slow goes on with what is kept', () => {
    const file = new LogFile(path, 10);
    for (let number = 100; number < 160; number += 1) {
      appendFileSync(path, `${number}\n`);
      file.check();
    }
    const text = readAll(file, 0);
    expect(text).toMatch(/159\n$/);
    expect(text.length).toBeLessThanOrEqual(4 * 20);
    expect(readAll(new LogFile(path, 10))).toBe(text);
  });

  test('keeps the end of what grew far beyond its limit while nobody looked', () => {
    const file = new LogFile(path, 100);
    appendFileSync(path, `${'x'.repeat(10_000)}the end`);
    file.check();
    expect(statSync(path).size).toBe(0);
    expect(statSync(`${path}.1`).size).toBe(100);
    expect(readAll(file)).toMatch(/^x{93}the end$/);
  });

  const disk = () => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', directory]).status === 0;
  const mayMount = (() => {
    const probe = join(tmpdir(), `kova-mount-${process.pid}`);
    spawnSync('mkdir', [probe]);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', probe]).status === 0;
    if (mounted) spawnSync('umount', [probe]);
    rmSync(probe, { recursive: true, force: true });
    return mounted;
  })();

  test.skipIf(!mayMount)('gives the space back when a log has filled the disk', () => {
    expect(disk()).toBe(true);
    try {
      const file = new LogFile(path, 100_000);
      appendFileSync(path, 'a'.repeat(110_000));
      file.check();
      expect(() => appendFileSync(path, 'b'.repeat(400_000))).toThrow('ENOSPC');
      file.check();
      expect(readdirSync(directory)).toEqual(['0.stdout.log']);
      expect(readAll(file)).toBe('[kova] earlier output was dropped: no space was left to keep it\n');
      appendFileSync(path, 'c'.repeat(100_000));
    } finally {
      spawnSync('umount', [directory]);
    }
  });
});
