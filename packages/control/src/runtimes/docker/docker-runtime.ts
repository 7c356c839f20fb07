import type { SlotId } from '@kova/core/environment/slot';
import type { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import { ensureAppImage } from '../../engine/app-image.ts';
import { homeMark } from '../../engine/labels.ts';
import { engineEndsWithinMs } from '../../engine/patience.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { type AppUser, ownUser } from '../container/confinement.ts';
import { removeNetworkAfter } from '../container/environment-network.ts';
import { endLeftCommands } from '../container/exec/mark.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import { Records } from '../slot/records.ts';
import { requireRelease } from '../slot/release-directory.ts';
import {
  type Carrier,
  prepareDirectories,
  SupervisedRuntime,
  type SupervisionOptions,
} from '../slot/supervised-runtime.ts';
import { Addresses } from './addresses.ts';
import { ContainerLauncher } from './container-launcher.ts';
import { EngineEvents } from './engine-events.ts';
import { ContainerIdentity, launchOf } from './identity.ts';
import { type ContainerRecord, containerRecord } from './records.ts';
import { ownContainers } from './survivors.ts';

export interface DockerRuntimeOptions extends SupervisionOptions {
  engine: Docker;
  /** Tells the containers of this home from those of others, and proves them to be its own. */
  homeId: Secret;
  /** What releases run in that are in no image of their own. */
  baseImage: string;
  /** Who the instances of a slot run as; null for this process's own user. */
  asOf: (slot: SlotId) => AppUser | null;
  /** How long a container that somebody stopped is left so: `engineEndsWithinMs` by default. */
  stoppedPatienceMs?: number;
}

export interface DockerRuntime extends SupervisedRuntime<ContainerRecord> {}

/** Runs instances as containers; resolves when what runs already was adopted. The engine may be away meanwhile. */
export async function createDockerRuntime(options: DockerRuntimeOptions): Promise<DockerRuntime> {
  await prepareDirectories(options);
  const records = new Records(options.directory, containerRecord);
  const carrier = new ContainerCarrier(options);
  await endLeftCommands(homeMark(options.homeId));
  const runtime = new SupervisedRuntime(options, records, carrier);
  await runtime.recover();
  return runtime;
}

class ContainerCarrier implements Carrier<ContainerRecord> {
  readonly #options: DockerRuntimeOptions;
  readonly #identity: ContainerIdentity;
  readonly #addresses = new Addresses();
  readonly #events: EngineEvents;
  #known: (() => ReadonlySet<string>) | null = null;

  constructor(options: DockerRuntimeOptions) {
    this.#options = options;
    this.#identity = new ContainerIdentity(options.homeId);
    this.#events = new EngineEvents(
      options.engine,
      this.#identity.home,
      () => void this.#sweep(),
      (name) => this.#checkNew(name),
    );
    this.#events.open();
  }

  async checkStartable(spec: SlotSpec): Promise<void> {
    const { engine, baseImage } = this.#options;
    await ensureAppImage(engine, spec.image ?? null, baseImage);
    if (!spec.image) await requireRelease(spec);
  }

  launcherOf(spec: SlotSpec, logs: SlotLogs): ContainerLauncher {
    const { engine, baseImage, asOf } = this.#options;
    const shared = { engine, events: this.#events, identity: this.#identity, addresses: this.#addresses };
    const stoppedPatienceMs = this.#options.stoppedPatienceMs ?? engineEndsWithinMs;
    return new ContainerLauncher({
      ...shared,
      spec,
      logs,
      baseImage,
      as: asOf(spec.slot) ?? ownUser(),
      stoppedPatienceMs,
    });
  }

  /** What only says that it is of this home is left alone. Done again whenever the engine comes back. */
  async endUnknown(known: () => ReadonlySet<string>): Promise<void> {
    this.#known = known;
    const { engine } = this.#options;
    const found = await ownContainers(engine, this.#identity).catch(() => []);
    const launches = known();
    const unknown = found.filter(({ Names: [name = ''] }) => !launches.has(launchOf(name)));
    await Promise.all(
      unknown.map(({ Id }) =>
        engine
          .getContainer(Id)
          .remove({ force: true, v: true })
          .catch(() => {}),
      ),
    );
  }

  async clearUp(stopped: SlotId, others: readonly SlotId[]): Promise<void> {
    await removeNetworkAfter(this.#options.engine, this.#identity.home, stopped, others);
  }

  close(): void {
    this.#events.close();
  }

  /** The engine may have been making it when Kova died, so that it is there only after the look for those. */
  #checkNew(name: string): void {
    if (this.#known && !this.#known().has(launchOf(name))) void this.#sweep();
  }

  async #sweep(): Promise<void> {
    if (this.#known) await this.endUnknown(this.#known);
  }
}
