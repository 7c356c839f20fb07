import { execFileSync } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, gitIn, repositoryWith, temporaryDirectory } from '../testing/repository.ts';
import { withBundle } from './bundle.ts';
import { assertClean, assertWhole, checkedOut, fileAt, findRepository, resolveCommit } from './repository.ts';

test('a tree is dirty by a change, a new file, a staged one and a removed one, and not by an ignored one', async () => {
  const directory = repositoryWith({ a: '1', 'b c': '1', d: '1', '.gitignore': 'ignored\n' });
  await writeFile(join(directory, 'ignored'), 'x');
  const clean = await checkedOut(directory);
  expect(clean).toEqual({ commit: gitIn(directory, 'rev-parse', 'HEAD'), branch: 'main', changed: [] });
  assertClean(clean);
  await writeFile(join(directory, 'b c'), '2');
  await writeFile(join(directory, 'é'), 'new');
  await writeFile(join(directory, 'staged'), 'new');
  gitIn(directory, 'add', 'staged');
  gitIn(directory, 'rm', '--quiet', 'd');
  gitIn(directory, 'mv', 'a', 'moved');
  const dirty = await checkedOut(directory);
  expect(dirty.changed.sort()).toEqual(['a', 'b c', 'd', 'moved', 'staged', 'é']);
  expect(() => assertClean(dirty)).toThrow(/^these are not committed: .* and 1 more$/);
});

test('what is checked out is told where there is no branch, in a conflict, and before the first commit', async () => {
  const directory = repositoryWith({ a: '1' });
  gitIn(directory, 'checkout', '--quiet', '-b', 'other');
  commitFiles(directory, { a: '2' });
  gitIn(directory, 'checkout', '--quiet', '--detach', 'main');
  expect(await checkedOut(directory)).toMatchObject({ branch: null, changed: [] });
  commitFiles(directory, { a: '3' });
  expect(() => gitIn(directory, 'merge', '--quiet', 'other')).toThrow();
  expect((await checkedOut(directory)).changed).toEqual(['a']);
  const empty = temporaryDirectory();
  gitIn(empty, 'init', '--quiet');
  await expect(checkedOut(empty)).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND', next: 'Commit something first.' });
  await expect(checkedOut(temporaryDirectory())).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('a commit is found by what git takes for one, and by nothing else', async () => {
  const directory = repositoryWith({ a: '1' });
  const head = gitIn(directory, 'rev-parse', 'HEAD');
  gitIn(directory, 'tag', '--annotate', 'v1', '--message', 'one');
  for (const revision of ['HEAD', 'main', 'v1', head.slice(0, 8)]) {
    expect(await resolveCommit(directory, revision)).toBe(head);
  }
  for (const revision of ['nope', '--all', 'HEAD:a', '', 'f'.repeat(40)]) {
    await expect(resolveCommit(directory, revision)).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
  }
  expect(await fileAt(directory, head, 'a')).toBe('1');
  expect(await fileAt(directory, head, 'b')).toBeNull();
});

test('a directory outside of any repository is refused, one inside belongs to its repository', async () => {
  await expect(findRepository(temporaryDirectory())).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(findRepository('/nowhere/at/all')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  const directory = repositoryWith({ a: '1' });
  expect(await findRepository(join(directory, '.'))).toBe(directory);
});

test('a shallow clone is refused', async () => {
  const directory = repositoryWith({ a: '1' });
  commitFiles(directory, { a: '2' });
  await assertWhole(directory);
  const clone = temporaryDirectory();
  gitIn(clone, 'clone', '--quiet', '--depth=1', `file://${directory}`, '.');
  await expect(assertWhole(clone)).rejects.toMatchObject({ code: 'REPOSITORY_SHALLOW' });
});

test.each([
  ['HEAD', 'HEAD'],
  ['an older commit', 'HEAD~1'],
])('a bundle of %s holds it whole, and leaves neither file nor ref behind', async (_, revision) => {
  const directory = repositoryWith({ a: '1' });
  commitFiles(directory, { a: '2' });
  commitFiles(directory, { a: '3' });
  const commit = gitIn(directory, 'rev-parse', revision);
  const target = temporaryDirectory();
  gitIn(target, 'init', '--quiet', '--bare');
  const file = await withBundle(directory, commit, async (path) => {
    expect(execFileSync('git', ['bundle', 'list-heads', path], { encoding: 'utf8' }).split(' ')[0]).toBe(commit);
    expect(gitIn(directory, 'for-each-ref', 'refs/kova')).toBe('');
    gitIn(target, 'fetch', '--quiet', path, `${commit}:refs/kova/${commit}`);
    return path;
  });
  expect(gitIn(target, 'rev-list', '--count', commit)).toBe(gitIn(directory, 'rev-list', '--count', commit));
  await expect(access(file)).rejects.toThrow('ENOENT');
});

test('a bundle that cannot be made leaves no ref', async () => {
  const directory = repositoryWith({ a: '1' });
  await expect(withBundle(directory, 'f'.repeat(40), async () => null)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
  });
  expect(gitIn(directory, 'for-each-ref', 'refs/kova')).toBe('');
});
