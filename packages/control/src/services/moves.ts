import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { isThere } from '../commands/is-there.ts';
import type { Home } from '../home/home.ts';
import type { ServicesWish } from '../ports/services.ts';
import { readRecord } from './docker/records.ts';

/**
 * A database is never begun anew, empty, because a release runs in something else than the one before: its data are
 * where they are, and the release before may still write to them.
 * @throws KovaError CONFLICT
 */
export async function refuseMove(home: Home, { project, environment, config }: ServicesWish): Promise<void> {
  const { runtime } = config;
  const seat = runtime === 'docker' ? 'docker' : 'process';
  if (!Object.values(config.services).some(({ kind }) => kind === 'postgres')) return;
  const record = await readRecord(home.services, project, environment, 'postgres');
  const data = join(home.postgres, project, environment, 'data');
  const keeper = record ? 'docker' : (await isThere(data)) ? 'process' : seat;
  if (keeper === seat) return;
  const place = record ? `the volume ${record.name}` : data;
  throw new KovaError(
    'CONFLICT',
    `the database of ${project}/${environment} is in ${place}; with runtime ${runtime} the release would find an empty one`,
    { next: `Set runtime to '${keeper}', or move the data first: docs/guides/services.md says how.` },
  );
}
