import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { together } from '@kova/core/together';
import type Docker from 'dockerode';
import { cutLines } from '../../commands/lines.ts';
import { createScrubber } from '../../commands/scrubber.ts';
import { createNamed, type NamedContainer } from '../../engine/create-named.ts';
import { engineCall } from '../../engine/explain.ts';
import { lastLinesOf } from '../../engine/last-lines.ts';
import { ensureNetwork, networkName } from '../../engine/network.ts';
import { enginePatience } from '../../engine/patience.ts';
import type { Migration, MigrationEnding, Migrator } from '../../ports/migrator.ts';
import { type AppUser, confined } from '../container/confinement.ts';
import { containerEndInWords, refusalOfInit } from '../container/ending-words.ts';
import type { ContainerIdentity } from '../docker/identity.ts';
import { handedOver, startWithInput, takesInput } from './hand-over.ts';
import { migrationContainers, migrationLabel, removeContainer } from './leftovers.ts';

export interface ContainerMigratorOptions {
  engine: Docker;
  identity: ContainerIdentity;
  /** What releases run in that are in no image of their own. */
  baseImage: string;
  asOf: (slot: SlotId) => AppUser;
}

const tailLines = 200;
const longestLine = 8192;
const lookEveryMs = 2000;
/** All that can be written to: npm would complain, and some tools end without a home. */
const home = { HOME: '/tmp', npm_config_cache: '/tmp/.npm', npm_config_update_notifier: 'false' };

/** Runs each migration in a container of its own, in what the release runs in, on the network of its environment. */
export class ContainerMigrator implements Migrator {
  readonly #options: ContainerMigratorOptions;
  /** Names of those that this process runs; others with a name of this home are left of one that died. */
  readonly #running = new Set<string>();

  constructor(options: ContainerMigratorOptions) {
    this.#options = options;
  }

  async run(migration: Migration, signal: AbortSignal): Promise<MigrationEnding> {
    const limit = AbortSignal.timeout(migration.timeoutMs);
    const over = AbortSignal.any([signal, limit]);
    const name = this.#nameOf(migration);
    this.#running.add(name);
    try {
      const container = await this.#create(migration, name, over);
      return await this.#outlive(container, migration, over);
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) throw tooLong(migration);
      throw error;
    } finally {
      // An engine that is away now removes it before the next run.
      await removeContainer(this.#options.engine, name).catch(() => {});
      this.#running.delete(name);
    }
  }

  async endLeftovers(): Promise<void> {
    const { engine, identity } = this.#options;
    const found = await migrationContainers(engine, identity);
    const left = found.filter(({ name }) => !this.#running.has(name));
    await Promise.all(left.map(({ id }) => removeContainer(engine, id)));
  }

  #nameOf({ slot, id }: Migration): string {
    return this.#options.identity.nameOf(slot, 'migration', id);
  }

  /** An earlier run has the same name; the engine may have been making it when Kova died, so that it is there only now. */
  async #create(migration: Migration, name: string, over: AbortSignal): Promise<Docker.Container> {
    const { engine, identity } = this.#options;
    await together([this.endLeftovers(), ensureNetwork(engine, identity.placeOf(migration.slot))]);
    return createNamed(engine, {
      doing: `creating the container of a migration of ${migration.slot}`,
      options: this.#containerOf(migration, name),
      whenTaken: async () => {
        await removeContainer(engine, name);
        return false;
      },
      signal: over,
    });
  }

  #containerOf(release: Migration, name: string): NamedContainer['options'] {
    const { identity, baseImage, asOf } = this.#options;
    const { slot } = release;
    const place = { network: networkName(identity.placeOf(slot)), as: asOf(slot), image: release.image ?? baseImage };
    const program = handedOver({ ...release, env: { ...home, ...release.env } });
    return {
      ...confined({ ...place, ...program, release }),
      ...(takesInput(release) ? { OpenStdin: true, StdinOnce: true } : {}),
      name,
      // An engine that ends asks first: a program that takes that for a good end would count as done.
      StopSignal: 'SIGKILL',
      Labels: { ...identity.labelsOfSlot(slot, name), [migrationLabel]: release.id },
    };
  }

  async #outlive(container: Docker.Container, migration: Migration, over: AbortSignal): Promise<MigrationEnding> {
    const doing = `the migration of ${migration.slot}`;
    await engineCall(`starting ${doing}`, async () => {
      if (takesInput(migration)) await startWithInput(container, migration, over);
      else await container.start({ abortSignal: over });
    });
    const seen = await engineCall(doing, () => endOf(container, over));
    const { ExitCode, OOMKilled, Error: trouble } = seen.State;
    if (ExitCode === 0 && !OOMKilled && trouble === '') return { failure: null, tail: [] };
    const tail = await this.#tailOf(container, migration);
    const refusal = [126, 127].includes(ExitCode) ? refusalOf(tail.at(-1) ?? '') : null;
    if (refusal === null) return { failure: containerEndInWords(seen), tail };
    return notThere(migration, refusal, seen.Config.Image);
  }

  async #tailOf(container: Docker.Container, { slot, env }: Migration): Promise<string[]> {
    const scrub = createScrubber(Object.values(env).filter((value) => value instanceof Secret));
    const text = scrub(await lastLinesOf(container, `the migration of ${slot}`, tailLines));
    return text === '' ? [] : cutLines(text, longestLine).split('\n');
  }
}

/** What is true is what a look shows: an engine that is killed leaves those who wait without an answer. */
async function endOf(container: Docker.Container, over: AbortSignal): Promise<Docker.ContainerInspectInfo> {
  for (;;) {
    const looking = new AbortController();
    const ended = container.wait({ abortSignal: AbortSignal.any([over, looking.signal]) });
    ended.catch(() => {});
    await Promise.race([ended, sleep(lookEveryMs, undefined, { signal: over })]).finally(() => looking.abort());
    const seen = await container.inspect({ abortSignal: AbortSignal.any([over, enginePatience()]) });
    if (!seen.State.Running) return seen;
  }
}

function tooLong({ argv, timeoutMs }: Migration): KovaError {
  return new KovaError('STEP_TIMEOUT', `\`${argv.join(' ')}\` did not end within ${formatDuration(timeoutMs)}`);
}

/** What the first process says when it cannot start the program: tini, or the shell that takes the secrets. */
function refusalOf(lastLine: string): string | null {
  return refusalOfInit(lastLine) ?? /^kova: (?:line )?\d+: (exec: .*)$/.exec(lastLine)?.[1] ?? null;
}

function notThere({ argv }: Migration, refusal: string, image: string): MigrationEnding {
  const [program = ''] = argv;
  return {
    failure: `could not be started in the image ${image} (${refusal})`,
    next: `Name a program for database.migrate that the image has, such as \`node …\` for \`npm run …\`, or put \`${program}\` into image.base, and ship a new commit; no traffic was moved.`,
    tail: [],
  };
}
