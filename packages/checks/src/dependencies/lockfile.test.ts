import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { readLockfile } from './lockfile.ts';
import { readYarnLock } from './yarn-lock.ts';

const files = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];
const sample = (file: string) => readFileSync(new URL(`../testing/old-app/${file}`, import.meta.url), 'utf8');

test.each(files)('%s names what is installed, an alias by the real package', async (file) => {
  const { packages } = await readLockfile(directoryWith({ [file]: sample(file) }));
  expect(packages.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([
    '@sindresorhus/is@4.6.0',
    'lodash@4.17.20',
    'minimist@0.0.8',
    'minimist@1.2.5',
    'minimist@1.2.8',
    'mkdirp@0.5.1',
  ]);
});

test("npm's tells who wants a package, and where it lies", async () => {
  const { packages } = await readLockfile(directoryWith({ 'package-lock.json': sample('package-lock.json') }));
  const of = (node: string) => packages.find((one) => one.node === node);
  expect(of('node_modules/minimist')).toMatchObject({ kind: 'dev', isDirect: true });
  expect(of('node_modules/mkdirp/node_modules/minimist')).toMatchObject({ kind: 'prod', isDirect: false });
});

test('a yarn.lock of yarn 2 and later', () => {
  const text = `__metadata:
  version: 8

"@scope/a@npm:^1.0.0, @scope/a@npm:^1.1.0":
  version: 1.2.3
  resolution: "@scope/a@npm:1.2.3"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."

"safe@npm:minimist@1.2.8":
  version: 1.2.8
  resolution: "minimist@npm:1.2.8"
`;
  expect(readYarnLock(text).map(({ node }) => node)).toEqual(['@scope/a@1.2.3', 'minimist@1.2.8']);
});

test.each([
  ['package-lock.json', '{'],
  ['package-lock.json', '{"lockfileVersion":1,"dependencies":{}}'],
  ['pnpm-lock.yaml', 'hello'],
  ['yarn.lock', 'hello'],
])('a broken %s is refused with its name', async (file, text) => {
  await expect(readLockfile(directoryWith({ [file]: text }))).rejects.toThrow(`${file} cannot be read`);
});
