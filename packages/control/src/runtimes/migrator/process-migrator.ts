import type { SlotId } from '@kova/core/environment/slot';
import { run } from '../../commands/run.ts';
import { killStrays } from '../../commands/strays.ts';
import type { Identity } from '../../home/unprivileged.ts';
import type { Migrator } from '../../ports/migrator.ts';

export interface ProcessMigratorOptions {
  /** Whom the migrations of a slot run as; null for this process's own user. */
  asOf: (slot: SlotId) => Identity | null;
  /** Where programs are found. */
  path: string;
}

/** In the environment of each migration, with its id. */
const mark = 'KOVA_MIGRATION';

/** Runs migrations as processes of this machine, inside the unpacked release. */
export function createProcessMigrator({ asOf, path }: ProcessMigratorOptions): Migrator {
  return {
    async run({ id, slot, argv, directory, env: own, timeoutMs }, signal) {
      const nowhere = { HOME: '/nonexistent', npm_config_cache: '/nonexistent', npm_config_update_notifier: 'false' };
      const env = { PATH: path, ...own, ...nowhere, [mark]: id };
      await killStrays({ variable: `${mark}=${id}` });
      const ended = await run({ argv, cwd: directory, env, as: asOf(slot), timeoutMs, signal });
      const { exitCode, signal: killedBy, tail } = ended;
      if (exitCode === 0) return { failure: null, tail };
      return { failure: killedBy ? `was killed by ${killedBy}` : `exited with ${exitCode}`, tail };
    },
    // Each is looked for by its own mark before it is run again, and by where it works when all is stopped.
    async endLeftovers() {},
  };
}
