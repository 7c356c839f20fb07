import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import type { BundleReport } from './report.ts';

const motion = `${'x'.repeat(5000)} layoutId`;
const styles = 'body{margin:0}';
const textIn = (cwd: string) => readFileSync(join(cwd, 'reports/bundle.json'), 'utf8');
const reportIn = (cwd: string): BundleReport => JSON.parse(textIn(cwd));

const nextBuild = {
  '.next/static/chunks/a-1.js': motion,
  '.next/static/chunks/main-2.js': '__reactContainer$',
  '.next/static/css/c.css': styles,
  '.next/static/media/font.woff2': 'no script',
};

test('a build of Next.js is weighed per chunk and page, and the chunk of framer-motion is named', async () => {
  const stats = [{ route: '/', firstLoadChunkPaths: ['.next/static/chunks/a-1.js', '.next/static/chunks/main-2.js'] }];
  const cwd = directoryWith({ ...nextBuild, '.next/diagnostics/route-bundle-stats.json': JSON.stringify(stats) });
  const { code, out } = await kovaCheck(['bundle'], { cwd });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/chunks\/a-1\.js .* framer-motion\n/) });
  const { total, libraries, routes, chunks } = reportIn(cwd);
  expect(chunks.map(({ chunk }) => chunk).sort()).toEqual(['chunks/a-1.js', 'chunks/main-2.js', 'css/c.css']);
  expect(chunks.find(({ chunk }) => chunk === 'chunks/a-1.js')).toMatchObject({
    bytes: motion.length,
    gzip: gzipSync(motion, { level: 9 }).length,
    libraries: ['framer-motion'],
  });
  expect(libraries).toEqual({ 'framer-motion': ['chunks/a-1.js'], 'react-dom': ['chunks/main-2.js'] });
  expect(routes).toMatchObject([{ route: '/', bytes: motion.length + 17 }]);
  expect(total.bytes).toBe(motion.length + 17 + styles.length);
});

test('pages of earlier versions are read from their manifests', async () => {
  const manifest = { pages: { '/shop/page': ['static/chunks/a-1.js', 'static/css/c.css'], '/page': [] } };
  const cwd = directoryWith({ ...nextBuild, '.next/app-build-manifest.json': JSON.stringify(manifest) });
  await kovaCheck(['bundle'], { cwd });
  expect(reportIn(cwd).routes.map(({ route, bytes }) => [route, bytes])).toEqual([
    ['/', 0],
    ['/shop', motion.length + styles.length],
  ]);
});

test('the same build gives the same report, wherever it lies', async () => {
  const files = { 'dist/b.js': 'b', 'dist/a.js': 'a', 'dist/assets/x.mjs': 'three three', 'dist/index.html': '' };
  const [one, two] = [directoryWith(files), directoryWith(files)];
  for (const cwd of [one, two]) await kovaCheck(['bundle', '--library', 'three=three'], { cwd });
  expect(textIn(one)).toBe(textIn(two));
  expect(reportIn(one).libraries.three).toEqual(['assets/x.mjs']);
});

test('the id of a build is not part of a name that shall be compared', async () => {
  const cwd = directoryWith({ '.next/BUILD_ID': 'abc123\n', '.next/static/abc123/_buildManifest.js': '' });
  await kovaCheck(['bundle'], { cwd });
  expect(reportIn(cwd).chunks.map(({ chunk }) => chunk)).toEqual(['build/_buildManifest.js']);
});

test('directories that are named are weighed together; one that is not there is no empty bundle', async () => {
  const cwd = directoryWith({ 'web/a.js': 'a', 'admin/a.js': 'aa', 'dist/c.js': 'c' });
  await kovaCheck(['bundle', '--dir', 'web', '--dir', 'admin'], { cwd });
  expect(
    reportIn(cwd)
      .chunks.map(({ chunk }) => chunk)
      .sort(),
  ).toEqual(['admin/a.js', 'web/a.js']);
  expect(await kovaCheck(['bundle', '--dir', 'gone'], { cwd })).toMatchObject({
    code: 3,
    err: 'there is no directory gone; build the app first\n',
  });
  expect(() => reportIn(cwd)).toThrow('ENOENT');
});
