import { expand } from '@kova/core/pipeline/graph';
import { completeJob } from '@kova/core/pipeline/job';
import { Secret } from '@kova/core/secret';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSeal } from '../home/seal.ts';
import { ensureProject } from '../store/releases.ts';
import { removeSecret } from '../store/secrets.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { givenSecrets } from './given.ts';
import { createVault, type Vault } from './vault.ts';

let database: TestDatabase;
let vault: Vault;
const key = new Secret('the key of a home');
const vaultWith = (env: NodeJS.ProcessEnv, withKey = key) =>
  createVault({ db: database.db, seal: createSeal(withKey), key: withKey, given: givenSecrets(env) });

beforeAll(async () => {
  database = await testDatabase();
  for (const project of ['shop', 'blog']) await ensureProject(database.db, project);
});
beforeEach(async () => {
  vault = vaultWith({});
  await sql`delete from secrets`.execute(database.db);
});
afterAll(() => database.drop());

const graph = expand({
  publish: completeJob({ run: [['x']], secrets: ['NPM_TOKEN', 'OTHER'] }),
  lint: completeJob({ run: [['x']] }),
});
const publish = { name: 'publish', secrets: ['NPM_TOKEN', 'OTHER'] };
const plain = (values: Record<string, Secret>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()]));
const setBoth = async (value: string) => {
  await vault.set('shop', 'NPM_TOKEN', new Secret(value), 'ada');
  await vault.set('shop', 'OTHER', new Secret('other value'), 'ada');
};

test('a job finds what it asks for, and in the store nobody can read it', async () => {
  await setBoth('sentinel-1');
  expect(plain(await vault.open('shop', publish))).toEqual({ NPM_TOKEN: 'sentinel-1', OTHER: 'other value' });
  const { rows } = await sql`select * from secrets`.execute(database.db);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain('sentinel');
});

test('one that is missing is refused with the job and the command that sets it', async () => {
  await vault.set('shop', 'NPM_TOKEN', new Secret('sentinel-1'), 'ada');
  await vault.set('blog', 'OTHER', new Secret('of another project'), 'ada');
  const next = expect.stringContaining('kova secrets set OTHER --project shop');
  const message = expect.stringMatching(/^publish needs the secret OTHER.*kova secrets set OTHER/);
  await expect(vault.open('shop', publish)).rejects.toMatchObject({ code: 'SECRET_MISSING', message, next });
  await expect(vault.digests('shop', graph)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
});

test('one that was copied to another name or project in the store is not opened', async () => {
  await setBoth('sentinel-1');
  await sql`update secrets set sealed = (select sealed from secrets where name = 'NPM_TOKEN')`.execute(database.db);
  await expect(vault.open('shop', publish)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
});

test('the digest of a job changes with a value, with the home and with nothing else', async () => {
  await setBoth('sentinel-1');
  const first = await vault.digests('shop', graph);
  expect([...first.keys()]).toEqual(['publish']);
  await setBoth('sentinel-1');
  expect(await vault.digests('shop', graph)).toEqual(first);
  await setBoth('sentinel-2');
  expect(await vault.digests('shop', graph)).not.toEqual(first);
  await sql`delete from secrets`.execute(database.db);
  vault = vaultWith({}, new Secret('of another home'));
  await setBoth('sentinel-1');
  expect(await vault.digests('shop', graph)).not.toEqual(first);
});

test('variables of the machine are given when it says so, and what is set counts first', async () => {
  const env = { NPM_TOKEN: 'of the machine', OTHER: 'too', KOVA_TOKEN: 'never' };
  await expect(vaultWith(env).open('shop', publish)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  vault = vaultWith({ ...env, KOVA_SECRETS_FROM_ENV: 'NPM_TOKEN, OTHER' });
  expect(plain(await vault.open('shop', publish))).toEqual({ NPM_TOKEN: 'of the machine', OTHER: 'too' });
  await setBoth('set');
  expect(plain(await vault.open('shop', publish))).toEqual({ NPM_TOKEN: 'set', OTHER: 'other value' });
  expect(() => givenSecrets({ ...env, KOVA_SECRETS_FROM_ENV: 'KOVA_TOKEN' })).toThrow('KOVA_TOKEN is no name');
  expect(givenSecrets({ KOVA_SECRETS_FROM_ENV: 'NPM_TOKEN', NPM_TOKEN: '' })).toEqual({});
});

test('removing one says whether there was one', async () => {
  await setBoth('sentinel-1');
  expect(await removeSecret(database.db, 'shop', 'OTHER')).toBe(true);
  expect(await removeSecret(database.db, 'shop', 'OTHER')).toBe(false);
});
