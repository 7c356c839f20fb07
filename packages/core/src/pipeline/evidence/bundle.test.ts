import { expect, test } from 'vitest';
import { stableName } from './bundle/weights.ts';
import { readReport } from './read.ts';
import next15 from './samples/next-15-build.txt?raw';
import next16 from './samples/next-16-build.txt?raw';
import weighed from './samples/next-bundle.json?raw';
import routes from './samples/next-route-stats.json?raw';
import analyzer from './samples/webpack-analyzer.json?raw';
import webpack from './samples/webpack-stats.json?raw';

test("what the shop's own script weighed: the chunks by the library in them, the rest together", () => {
  const { figures, gap } = readReport('bundle', weighed);
  expect(gap).toBeNull();
  expect(figures).toMatchObject({
    'bundle.total': 761_568,
    'bundle.gzip': 244_288,
    'bundle.first-load': 477_363,
    'bundle.chunk.framer-motion': 141_984,
    'bundle.chunk.react-dom': 229_288,
    'bundle.route./products/[slug]': 477_363,
  });
  const chunks = Object.entries(figures).filter(([name]) => name.startsWith('bundle.chunk.'));
  expect(chunks.map(([name]) => name.slice(13)).sort()).toEqual([
    'framer-motion',
    'other',
    'react-dom',
    'styles',
    'turbopack',
  ]);
  expect(chunks.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(761_568);
});

test('Next.js 16 tells the first load of each route in a file, and prints no sizes', () => {
  expect(readReport('bundle', routes).figures).toEqual({
    'bundle.first-load': 477_363,
    'bundle.route./': 466_806,
    'bundle.route./products': 466_806,
    'bundle.route./products/[slug]': 477_363,
  });
  expect(readReport('bundle', next16)).toMatchObject({
    figures: {},
    gap: 'the report tells no sizes; Next.js 16 prints none, so give bundle statistics',
  });
});

test('Next.js 15 prints what each route loads', () => {
  expect(readReport('bundle', next15).figures).toEqual({
    'bundle.first-load': 149_000,
    'bundle.route./': 149_000,
    'bundle.route./_not-found': 104_000,
    'bundle.route./about': 103_000,
    'bundle.route./api': 103_000,
    'bundle.chunk.other': 100_800,
  });
});

test('webpack and its analyzer agree on what they both tell; what only the server loads does not count', () => {
  expect(readReport('bundle', webpack).figures).toEqual({
    'bundle.total': 945_185,
    'bundle.chunk.framework': 219_011,
    'bundle.chunk.main': 128_474,
    'bundle.chunk.polyfills': 112_594,
    'bundle.chunk.other': 485_106,
  });
  expect(readReport('bundle', analyzer).figures).toMatchObject({
    'bundle.total': 840_330,
    'bundle.gzip': 256_604,
    'bundle.chunk.framework': 219_011,
    'bundle.chunk.main': 128_474,
    'bundle.chunk.app/about/page': 139,
  });
});

test('statistics with the routes beside them tell both, and several bundles add up', () => {
  expect(readReport('bundle', [weighed, routes]).figures).toEqual(readReport('bundle', weighed).figures);
  expect(readReport('bundle', [weighed, weighed]).figures).toMatchObject({
    'bundle.total': 2 * 761_568,
    'bundle.chunk.framer-motion': 2 * 141_984,
    'bundle.first-load': 477_363,
  });
});

test.each([
  ['static/chunks/main-6f56cad8fb2c15f2.js', 'main'],
  ['static/chunks/app/about/page-1e6f159fef8208ee.js', 'app/about/page'],
  ['static/chunks/main-app-c1a38fc65aa9b49b.js', 'main-app'],
  ['static/chunks/4bd1b696-c023c6e3521b1417.js', 'other'],
  ['static/chunks/255-73938ce8a8eac1ad.js', 'other'],
  ['turbopack-077hmtqrhcoji.js', 'turbopack'],
  ['1-_xm47qog-3g.js', 'other'],
  ['00-vx-568vji6.css', 'styles'],
  ['assets/index-B9Xq2aZ_.js', 'index'],
  ['assets/vendor.js', 'vendor'],
])('the name of a chunk without what changes from build to build: %s', (path, name) => {
  expect(stableName(path)).toBe(name);
});

test.each([
  ['[]', 'the report tells no sizes; Next.js 16 prints none, so give bundle statistics'],
  ['{"chunks":[]}', 'the report tells no sizes; Next.js 16 prints none, so give bundle statistics'],
])('statistics of nothing prove nothing: %s', (text, gap) => {
  expect(readReport('bundle', text).gap).toBe(gap);
});

test.each([
  ['built in 3 s', 'line 1: no bundle statistics and no output of next build'],
  ['{"modules":[]}', 'line 1: no bundle statistics: has neither chunks, assets, labels nor routes'],
  ['{"assets":[\n{"name":"a.js","size":-1}]}', 'line 2: assets[0].size: Too small: expected number to be >=0'],
  [
    '{"assets":[\n{"name":"a.js","size":1e999}]}',
    'line 2: assets[0].size: Invalid input: expected number, received Infinity',
  ],
  ['null', 'line 1: no bundle statistics and no output of next build'],
])('what is no bundle report is refused: %s', (text, message) => {
  expect(() => readReport('bundle', text)).toThrow(expect.objectContaining({ code: 'REPORT_MALFORMED', message }));
});
