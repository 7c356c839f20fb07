import { makeTestHome, removeAbandonedHomes, removeTestHome } from './postgres-home.ts';

/** Vitest's globalSetup: one cluster for the whole run, started by the first test that wants a database. */
export async function setup(): Promise<() => Promise<void>> {
  await removeAbandonedHomes();
  const root = await makeTestHome();
  process.env.KOVA_TEST_POSTGRES = root;
  return () => removeTestHome(root);
}
