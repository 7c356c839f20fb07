import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyOf, resultOf, workspaceWith } from '../results.conformance.ts';
import { LocalResults } from '../store.ts';
import { openBucket, type TestBucket } from '../testing/bucket.ts';
import type { ObjectStore } from './objects.ts';
import { s3From } from './s3.ts';
import { type SharedOptions, SharedResults } from './shared-results.ts';

let base: string;
let bucket: TestBucket;
let objects: ObjectStore;
let said: string[];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-shared-'));
  bucket = await openBucket();
  objects = s3From(bucket.env.KOVA_RESULTS ?? '', bucket.env);
  said = [];
  await writeFile(join(base, 'job.log'), 'what it said\n');
});
afterEach(async () => {
  await bucket.remove();
  await rm(base, { recursive: true, force: true });
});

/** A machine with nothing of its own yet. */
async function machine(options: SharedOptions = {}): Promise<SharedResults> {
  const directory = await mkdtemp(join(base, 'machine-'));
  return new SharedResults(
    new LocalResults(directory, { withLog: true }),
    objects,
    (words) => said.push(words),
    options,
  );
}
const workspace = (files: Record<string, string> = {}) => workspaceWith(base, files);
const names = async () => (await Array.fromAsync(objects.list())).map(({ name }) => name[0]).sort();
async function keep(results: SharedResults, letter: string, text = letter): Promise<void> {
  await results.keep(keyOf(letter), resultOf(base, 'out'), await workspace({ 'out/text': text }));
}

test('what one machine has kept another finds: outputs, modes, links, files and the log', async () => {
  const [one, other] = [await machine(), await machine()];
  const from = await workspace({ 'out/tool': '#!', 'node_modules/a/x': 'y' });
  const { symlink, chmod } = await import('node:fs/promises');
  await chmod(join(from, 'out/tool'), 0o755);
  await mkdir(join(from, 'node_modules/.bin'));
  await symlink('../a/x', join(from, 'node_modules/.bin/x'));
  const files = await workspace({ 'report.xml': '<x/>' });
  await one.keep(keyOf('a'), resultOf(base, 'out', 'node_modules'), from, files);
  await rm(join(base, 'job.log'));
  const kept = await other.find(keyOf('a'));
  expect(kept?.report.outputs).toEqual(['out', 'node_modules']);
  expect(await readFile(kept!.log, 'utf8')).toBe('what it said\n');
  const to = await workspace();
  await other.layOut(keyOf('a'), to, null);
  expect((await stat(join(to, 'out/tool'))).mode & 0o111).toBe(0o111);
  expect(await readFile(join(to, 'node_modules/.bin/x'), 'utf8')).toBe('y');
  await other.layOutFiles(keyOf('a'), join(to, 'files'));
  expect(await readdir(join(to, 'files'))).toEqual(['report.xml']);
  expect(said).toEqual([]);
});

test('a corrupt object is a miss, which is said; the next result takes its place', async () => {
  const [one, other, third] = [await machine(), await machine(), await machine()];
  await keep(one, 'a');
  await bucket.corrupt();
  expect(await other.find(keyOf('a'))).toBeNull();
  expect(await third.find(keyOf('a'))).toBeNull();
  const words = `the result ${keyOf('a')} in s3://results/team/one is not used: its digest is wrong`;
  expect(said).toEqual([words, words]);
  await keep(third, 'a', 'anew');
  const to = await workspace();
  await (await machine()).layOut(keyOf('a'), to, null);
  expect(await readFile(join(to, 'out/text'), 'utf8')).toBe('anew');
});

test('a bucket that is away is a miss, said once; results are kept here all the same', async () => {
  const [one, other] = [await machine(), await machine()];
  await keep(one, 'a');
  await bucket.stop();
  expect(await other.find(keyOf('a'))).toBeNull();
  expect(await other.find(keyOf('b'))).toBeNull();
  await keep(other, 'b');
  expect((await other.find(keyOf('b')))?.report.outputs).toEqual(['out']);
  expect(said).toEqual([expect.stringMatching(/^results are not shared for a minute: .*ECONNREFUSED/)]);
  await bucket.back();
  expect((await (await machine()).find(keyOf('a')))?.report.outputs).toEqual(['out']);
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['a key that nobody has', { AWS_ACCESS_KEY_ID: 'wrong' }, /403 InvalidAccessKeyId/],
  ['a bucket that there is not', { KOVA_RESULTS: 's3://nobucket' }, /404 NoSuchBucket/],
])('%s is said, and nothing is shared', async (_, env, words) => {
  const all = { ...bucket.env, ...env };
  objects = s3From(all.KOVA_RESULTS ?? '', all);
  expect(await (await machine()).find(keyOf('a'))).toBeNull();
  expect(said).toEqual([expect.stringMatching(words)]);
});

test('of a bucket with a limit those stay that were written or used last', async () => {
  const one = await machine();
  for (const letter of ['a', 'b', 'c']) {
    await keep(one, letter);
    // S3 knows the time of an object by the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  const [first] = await Array.fromAsync(objects.list());
  await (await machine({ rewriteAfterMs: 0 })).find(keyOf('a'));
  await (await machine({ maxBytes: (first?.bytes ?? 0) * 2.5 })).prune(1e9);
  expect(await names()).toEqual(['a', 'c']);
  expect(said).toEqual([]);
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['http://bucket', {}, 'KOVA_RESULTS is http://bucket'],
  ['s3://results', { AWS_ACCESS_KEY_ID: '' }, 'KOVA_RESULTS names a bucket'],
])('%s with %j is refused', (place, env, words) => {
  expect(() => s3From(place, { ...bucket.env, ...env })).toThrow(words);
});
