import { expect, test } from 'vitest';
import { imageName, imageTags } from './image-tags.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const tags = (branch: string | null, scope: string | null = null) =>
  imageTags({ commit, branch, scope }, { latest: 'main' }).slice(1);

test('an image is known by its commit', () => {
  expect(imageTags({ commit, branch: null, scope: null }, { latest: 'main' })).toEqual(['sha-0123456789ab']);
});

test.each([
  ['main', ['main', 'latest']],
  ['develop', ['develop']],
  ['feature/Login_2', ['feature-Login_2']],
  ['é/x', ['x']],
  ['latest', ['branch-latest']],
  ['sha-0123', ['branch-sha-0123']],
  ['pr-1', ['branch-pr-1']],
  ['x'.repeat(200), ['x'.repeat(128)]],
])('of what is shipped of %s: %j', (branch, expected) => {
  expect(tags(branch)).toEqual(expected);
});

test('what is only proved is never the latest', () => {
  expect(tags('main', 'main')).toEqual(['main']);
  expect(tags('pull-request:12', 'pull-request:12')).toEqual(['pr-12']);
});

test('an image has the name of its project', () => {
  expect(imageName('shop', { registry: 'registry.example.com:5000/team' })).toBe('registry.example.com:5000/team/shop');
  expect(imageName('shop', { registry: null })).toBe('kova/shop');
});
