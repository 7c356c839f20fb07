import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stopClusters } from '../services/postgres/running.ts';
import { placeOf, preparePlace, takeOver } from './place.ts';
import { homeElsewhere } from './services/database.ts';

/** What a reset would remove. */
export async function resettable(directory: string): Promise<string> {
  return (await placeOf(directory)).root;
}

/**
 * Removes all data of a project's development environment: databases, Redis, certificate, logs. The env file stays.
 * Idempotent. @throws KovaError ALREADY_RUNNING while it runs
 */
export async function resetDevelopment(directory: string): Promise<string> {
  const place = await placeOf(directory);
  await preparePlace(place);
  const release = await takeOver(place);
  try {
    for (const home of [place.home, homeElsewhere(place)]) {
      await stopClusters(home);
      if (home.root !== place.root) await rm(home.root, { recursive: true, force: true });
    }
    const { home, tls, redis, connect } = place;
    const kept = [tls, redis, connect, home.postgres, home.keys, home.logs, join(place.root, 'installed')];
    for (const path of kept) await rm(path, { recursive: true, force: true });
  } finally {
    await release();
  }
  await rm(place.root, { recursive: true, force: true });
  return place.root;
}
