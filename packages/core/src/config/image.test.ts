import { expect, test } from 'vitest';
import { parseConfig } from './parse.ts';

const parse = (image: object, more: object = {}) => parseConfig({ name: 'shop', app: { start: 'x' }, image, ...more });

test('an image has all its defaults', () => {
  expect(parse({}).image).toEqual({
    ...{ base: 'node:24-bookworm-slim', registry: null, credentials: null, latest: 'main', pullRequests: false },
    ...{ platforms: [], source: null, licenses: null },
  });
});

test.each([
  [{ base: 'Node 24' }, 'image.base'],
  [{ base: 'node:24\nFROM evil' }, 'image.base'],
  [{ base: '$X' }, 'image.base'],
  [{ registry: 'https://registry.example.com' }, 'image.registry'],
  [{ registry: 'registry.example.com/Shop' }, 'image.registry'],
  [{ credentials: { username: 'ada', password: 'a password' } }, 'image.credentials.password'],
  [{ platforms: ['windows/amd64'] }, 'image.platforms[0]'],
  [{ source: 'https://example.com/ x' }, 'image.source'],
  [{ licenses: 'MIT"\nRUN id' }, 'image.licenses'],
])('%j is refused at %s', (image, path) => {
  expect(() => parse(image)).toThrow(`${path}: `);
});

test.each(['registry.example.com', '127.0.0.1:5000', 'ghcr.io/ada/apps', 'localhost:5000/a-b/c_d'])(
  'a registry may be %s',
  (registry) => {
    expect(parse({ registry }).image?.registry).toBe(registry);
  },
);

test('credentials are for a registry', () => {
  const credentials = { username: 'ada', password: 'REGISTRY_PASSWORD' };
  expect(() => parse({ credentials })).toThrow('image.credentials: mean nothing without image.registry');
  expect(parse({ credentials, registry: 'registry.example.com' }).image?.credentials).toEqual(credentials);
});

test('the name of the job that makes it is taken', () => {
  const pipeline = { jobs: { 'build-image': { run: ['x'] } } };
  expect(() => parse({}, { pipeline })).toThrow('pipeline.jobs.build-image: is what Kova calls the job');
});
