import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { homeMark } from '../../engine/labels.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { removeNetworkAfter } from '../container/environment-network.ts';
import { endLeftCommands } from '../container/exec/mark.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import { Records } from '../slot/records.ts';
import { requireRelease } from '../slot/release-directory.ts';
import {
  type Carrier,
  prepareDirectories,
  SupervisedRuntime,
  type SupervisionOptions,
} from '../slot/supervised-runtime.ts';
import { type TaskRecord, taskRecord } from './records.ts';
import { ownSecrets, ownServices, removeSecret, removeService } from './service.ts';
import { ServiceLauncher } from './service-launcher.ts';
import { type MakerOptions, ServiceMaker } from './service-maker.ts';
import { TaskBoard } from './task-board.ts';

export interface SwarmRuntimeOptions extends SupervisionOptions, Omit<MakerOptions, 'identity'> {
  /** Of a manager of the swarm, on this machine. */
  engine: Docker;
  /** Tells the services of this home from those of others, and proves them to be its own. */
  homeId: Secret;
}

export interface SwarmRuntime extends SupervisedRuntime<TaskRecord> {}

/** Runs each slot as a service of a swarm; resolves when what runs already was adopted. */
export async function createSwarmRuntime(options: SwarmRuntimeOptions): Promise<SwarmRuntime> {
  await prepareDirectories(options);
  await endLeftCommands(homeMark(options.homeId));
  const runtime = new SupervisedRuntime(
    options,
    new Records(options.directory, taskRecord),
    await SwarmCarrier.open(options),
  );
  await runtime.recover();
  return runtime;
}

class SwarmCarrier implements Carrier<TaskRecord> {
  readonly #options: SwarmRuntimeOptions;
  readonly #identity: ContainerIdentity;
  readonly #board: TaskBoard;
  readonly #maker: ServiceMaker;
  #ownMachine: string | null = null;

  private constructor(options: SwarmRuntimeOptions) {
    this.#options = options;
    this.#identity = new ContainerIdentity(options.homeId);
    this.#board = new TaskBoard(options.engine, this.#identity.home);
    this.#maker = new ServiceMaker({ ...options, identity: this.#identity });
  }

  static async open(options: SwarmRuntimeOptions): Promise<SwarmCarrier> {
    const carrier = new SwarmCarrier(options);
    await carrier.#board.look().catch(() => {});
    await carrier.#findOwnMachine().catch(() => {});
    carrier.#board.open();
    return carrier;
  }

  async checkStartable(spec: SlotSpec): Promise<void> {
    const { machines } = await this.#findOwnMachine();
    checkSecretNames(spec);
    if (spec.image && (machines > 1 || !isOfThisEngine(spec.image))) return checkDigest(spec.image);
    if (spec.image) return;
    if (machines > 1) {
      throw new KovaError(
        'START_FAILED',
        `release ${spec.release} is in no image, and the swarm has ${machines} machines`,
        {
          next: 'Let the pipeline build an image and push it to a registry that all machines reach, and ship again.',
        },
      );
    }
    await requireRelease(spec);
  }

  launcherOf(spec: SlotSpec, logs: SlotLogs): ServiceLauncher {
    return new ServiceLauncher({
      ...{ engine: this.#options.engine, board: this.#board, identity: this.#identity, maker: this.#maker, spec, logs },
      ownMachine: () => this.#ownMachine,
    });
  }

  /** Removes the services and secrets that this home made and knows no more. What only says so is left alone. */
  async endUnknown(known: () => ReadonlySet<string>): Promise<void> {
    const { engine } = this.#options;
    const [services, secrets] = await Promise.all([
      ownServices(engine, this.#identity).catch(() => []),
      ownSecrets(engine, this.#identity).catch(() => []),
    ]);
    const launches = known();
    const isUnknown = (name = '') => !launches.has(name.split('-').at(-1) ?? '');
    const unknown = services.filter(({ Spec }) => isUnknown(Spec.Name));
    await Promise.all(unknown.map((service) => removeService(engine, service).catch(() => {})));
    await Promise.all(
      secrets.filter((name) => isUnknown(name)).map((name) => removeSecret(engine, name).catch(() => {})),
    );
  }

  /** Of the network on this machine alone, which migrations run on. */
  async clearUp(stopped: SlotId, others: readonly SlotId[]): Promise<void> {
    await removeNetworkAfter(this.#options.engine, this.#identity.home, stopped, others);
  }

  close(): void {
    this.#board.close();
  }

  /** @throws KovaError SWARM_UNUSABLE when the engine is no manager of a swarm */
  async #findOwnMachine(): Promise<{ machines: number }> {
    const { engine } = this.#options;
    const { Swarm } = (await engineCall('looking for the swarm', () => engine.info())) as EngineInfo;
    this.#ownMachine = Swarm?.NodeID || null;
    if (Swarm?.ControlAvailable) return { machines: Swarm.Nodes ?? 1 };
    throw new KovaError('SWARM_UNUSABLE', 'the Docker engine of this machine is no manager of a swarm', {
      next: 'Run `docker swarm init`, or `docker swarm join` with the token of a manager.',
    });
  }
}

interface EngineInfo {
  Swarm?: { NodeID?: string; ControlAvailable?: boolean; Nodes?: number };
}

/** By its id, as one that was built and never pushed. */
function isOfThisEngine(image: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(image);
}

/** Each machine pulls by itself: a tag may have moved in between. */
function checkDigest(image: string): void {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return;
  throw new KovaError(
    'IMAGE_UNUSABLE',
    `the image ${image} is not named by its digest, which each machine pulls it by`,
    {
      next: 'Push it to a registry that all machines reach (`image.registry`), and ship again.',
    },
  );
}

function checkSecretNames({ env }: SlotSpec): void {
  const wrong = Object.entries(env).find(([key, value]) => value instanceof Secret && !/^[A-Za-z_]\w*$/.test(key));
  if (!wrong) return;
  throw new KovaError('INPUT_INVALID', `${wrong[0]} is no name of a secret variable in a swarm`, {
    next: 'Use letters, digits and _ alone.',
  });
}
