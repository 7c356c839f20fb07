import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kova, nowhere } from '../testing/kova.ts';
import { repositoryWith } from '../testing/repository.ts';

const path = '.github/workflows/kova.yml';
const configWith = (jobs: string) =>
  `import { defineConfig, node } from 'kova'
export default defineConfig({ name: 'shop', app: node({ start: 'x' }), pipeline: { use: 'none', jobs: { ${jobs} } } })
`;

/** Nothing runs: rendering needs no control plane. */
const inside = async (cwd: string) => ({ cwd, env: { KOVA_URL: await nowhere() } });

test('a workflow is written once, and a check tells by a diff and its exit code when it has drifted', async () => {
  const repository = repositoryWith({ 'kova.config.ts': configWith("lint: { run: ['make lint'] }") });
  const options = await inside(repository);
  expect(await kova(['render', '--check'], options)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Nothing'),
  });
  expect(await kova(['render', 'github', '--check'], options)).toMatchObject({ code: 1 });

  const first = await kova(['render', 'github'], options);
  expect(first).toMatchObject({ code: 0, err: '', out: `Wrote ${path}.\nNext: commit it.\n` });
  const text = await readFile(join(repository, path), 'utf8');
  expect(text).toContain('--job lint');
  expect((await kova(['render', 'github', '--stdout'], options)).out).toBe(text);
  expect((await kova(['render', 'github'], options)).out).toContain('nothing to change');
  for (const check of [
    ['render', '--check'],
    ['render', 'github', '--check'],
  ]) {
    expect(await kova(check, options)).toMatchObject({ code: 0, err: '' });
  }

  await writeFile(join(repository, 'kova.config.ts'), configWith("types: { run: ['make types'] }"));
  for (const check of [
    ['render', '--check'],
    ['render', 'github', '--check'],
  ]) {
    const { code, out, err } = await kova(check, options);
    expect(code).toBe(1);
    expect(out).toContain(`--- ${path}\tin the repository\n+++ ${path}\tas rendered\n@@ `);
    expect(out).toMatch(/^- {2}lint:$/m);
    expect(out).toMatch(/^\+ {2}types:$/m);
    expect(err).toContain(
      `error RENDER_DRIFTED: ${path} has drifted from kova.config.ts\n→ Render the named file again`,
    );
  }
  const { drifted } = JSON.parse((await kova(['render', 'github', '--check', '--json'], options)).out);
  expect(drifted).toEqual([path]);
});

test('a file that Kova has not written is not overwritten unless asked', async () => {
  const repository = repositoryWith({ 'kova.config.ts': configWith('') });
  const options = await inside(repository);
  await kova(['render', 'github'], options);
  await writeFile(join(repository, path), 'name: mine\n');
  expect(await kova(['render', 'github'], options)).toMatchObject({
    code: 1,
    err: expect.stringContaining('CONFLICT'),
  });
  expect(await readFile(join(repository, path), 'utf8')).toBe('name: mine\n');
  expect(await kova(['render', 'github', '--force'], options)).toMatchObject({ code: 0 });
});

test('the configuration is evaluated without rights, and what is wrong with it is said', async () => {
  const evil = repositoryWith({
    'kova.config.ts': `import { writeFileSync } from 'node:fs'\nwriteFileSync('owned', '1')\nexport default {}\n`,
  });
  const { code, err } = await kova(['render', 'github'], await inside(evil));
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error CONFIG_EVALUATION_FAILED') });
  await expect(readFile(join(evil, 'owned'))).rejects.toThrow('ENOENT');
  const bad = repositoryWith({ 'kova.config.ts': configWith("a: { run: ['x'], needs: ['b'] }") });
  expect((await kova(['render', '--check'], await inside(bad))).err).toContain('needs[0]: there is no job b');
});

test('without a word it lists what there is', async () => {
  const { code, out } = await kova(['render'], await inside(repositoryWith({ a: '1' })));
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^kova render github +the pipeline as a GitHub[\s\S]*^kova render compose +a compose file/m,
    ),
  });
});

test('what the storefront is rendered as is what both validators have accepted', async () => {
  const read = (file: string) => readFile(new URL(`../../../../${file}`, import.meta.url), 'utf8');
  const repository = repositoryWith({ 'kova.config.ts': await read('examples/storefront/kova.config.ts') });
  const { out } = await kova(['render', 'github', '--stdout'], await inside(repository));
  expect(out).toBe(await read('packages/render/src/github/golden/storefront.yml'));
});

test('what speaks of one release is printed, and never written into the repository', async () => {
  const repository = repositoryWith({ 'kova.config.ts': configWith('') });
  const options = await inside(repository);
  const image = `registry.example.com/shop@sha256:${'0'.repeat(64)}`;
  const words = ['render', 'kubernetes', '--environment', 'production', '--image', image];
  expect(await kova(words, options)).toMatchObject({ code: 1, err: expect.stringContaining('--stdout') });
  const { code, out } = await kova([...words, '--stdout'], options);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`image: ${image}`) });
  expect(await kova(['render', 'kubernetes'], options)).toMatchObject({ code: 0, err: '' });
  const written = await readFile(join(repository, 'deploy/kubernetes/production.yaml'), 'utf8');
  expect(written).toContain("image: '' # given by --image");
  expect(await kova(['render', '--check'], options)).toMatchObject({ code: 0, err: '' });
});
