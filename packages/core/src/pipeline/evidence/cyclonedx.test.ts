import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import bom from './samples/cyclonedx.json?raw';

const document = (components: object[]) => JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components });

test('the components of a real document', () => {
  expect(readReport('cyclonedx', bom)).toEqual({
    kind: 'cyclonedx',
    figures: { 'sbom.components': 5, 'sbom.unlicensed': 0 },
    problems: [],
    problemCount: 0,
    gap: null,
  });
});

test('each component counts once, nested ones and several documents included', () => {
  const a = { name: 'a', version: '1', licenses: [{}], components: [{ group: '@x', name: 'b', version: '2' }] };
  const { figures, problems } = readReport('cyclonedx', [document([a, a]), document([{ name: 'c' }])]);
  expect(figures).toEqual({ 'sbom.components': 3, 'sbom.unlicensed': 2 });
  expect(problems.map(({ message }) => message)).toEqual(['@x/b@2 names no licence', 'c names no licence']);
});

test('a document without components proves nothing; another document is refused', () => {
  expect(readReport('cyclonedx', document([])).gap).toBe('the document names no component');
  expect(() => readReport('cyclonedx', '{"spdxVersion":"2.3"}')).toThrow(/^line 1: bomFormat: Invalid input/);
});
