import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepFiles } from './keep-files.ts';

let base: string;
const at = (...path: string[]) => join(base, ...path);

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-keep-'));
  for (const path of [
    'source/reports/unit.xml',
    'source/reports/deep/e2e.xml',
    'source/node_modules/a/unit.xml',
    'secret',
  ]) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), path);
  }
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function kept(...keep: string[]): Promise<{ files: string[]; said: string[] }> {
  const said: string[] = [];
  const reports = [{ kind: 'junit' as const, path: 'reports/unit*.xml' }];
  await keepFiles(at('source'), { reports, keep }, at('target'), (line) => said.push(line));
  const entries = await readdir(at('target'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return { files: files.map((file) => file.slice(at('target').length + 1)).sort(), said };
}

test('reports and what is to be kept are kept, by pattern, file or directory; what was installed is not', async () => {
  expect(await kept()).toEqual({ files: ['reports/unit.xml'], said: [] });
  expect(await kept('reports', 'no/such')).toEqual({ files: ['reports/deep/e2e.xml', 'reports/unit.xml'], said: [] });
  expect((await kept('**/*.xml')).files).toEqual(['reports/deep/e2e.xml', 'reports/unit.xml']);
});

test('nothing from outside gets in by a link, and what is no file is passed over', async () => {
  await symlink(base, at('source/out'));
  await symlink(at('secret'), at('source/reports/unit-link.xml'));
  await symlink(at('secret'), at('source/reports/deep/link'));
  execFileSync('mkfifo', [at('source/reports/deep/pipe')]);
  const { files, said } = await kept('reports', 'out/secret', 'out');
  expect(files).toEqual(['reports/deep/e2e.xml', 'reports/unit.xml']);
  expect(said.sort()).toEqual(
    ['out', 'out/secret', 'reports/unit-link.xml'].map((path) => `${path} is not kept: it is reached by a link`),
  );
});

test('what goes beyond the room is left out, and said; the rest is kept', async () => {
  await writeFile(at('source/huge'), '');
  await truncate(at('source/huge'), 600 * 1024 ** 2);
  expect(await kept('huge', 'reports')).toEqual({
    files: ['reports/deep/e2e.xml', 'reports/unit.xml'],
    said: ['huge is not kept: a job may leave 512 MiB'],
  });
});
