import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Home } from '../../home/home.ts';
import { makeHome } from '../../testing/home.ts';
import { issue, localAuthority } from './authority.ts';

const run = promisify(execFile);
const dayMs = 86_400_000;

let home: Home;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ home, remove } = await makeHome());
});
afterAll(() => remove());

/** What OpenSSL says of a certificate for the hosts. */
async function verify(...hosts: string[]): Promise<string> {
  const authority = await localAuthority(home);
  const leaf = join(home.root, 'leaf.pem');
  await writeFile(leaf, (await issue(authority, hosts)).chain);
  const checked = run('openssl', ['verify', '-purpose', 'sslserver', '-x509_strict', '-CAfile', authority.path, leaf]);
  return checked.then(
    ({ stdout }) => stdout,
    ({ stderr }) => stderr,
  );
}

test.each(['production.shop.localhost', '*.shop.test', 'nas.home.arpa', 'localhost'])(
  'vouches for %s',
  async (host) => {
    expect(await verify(host)).toContain('leaf.pem: OK');
  },
);

test.each(['www.google.com', 'localhost.example.com', 'com', '10.0.0.1'])('cannot vouch for %s', async (host) => {
  expect(await verify('shop.localhost', host)).toMatch(/permitted subtree violation/);
});

test('is made once, with its key for its owner alone, and anew before it would end', async () => {
  const first = await localAuthority(home);
  expect(await localAuthority(home)).toMatchObject({ certificate: first.certificate });
  expect((await stat(join(home.keys, 'local-authority.pem'))).mode & 0o777).toBe(0o600);
  expect(await readFile(first.path, 'utf8')).not.toContain('PRIVATE');
  expect(JSON.stringify(first)).not.toContain('PRIVATE');
  const later = await localAuthority(home, Date.now() + 3600 * dayMs);
  expect(later.certificate).not.toBe(first.certificate);
});
