import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { engineCall, goneAlready, ifThere } from '../../engine/explain.ts';
import { ensureNetwork, networkName } from '../../engine/network.ts';
import { enginePatience } from '../../engine/patience.ts';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { appSockets } from '../container/app-sockets.ts';
import type { AppUser } from '../container/confinement.ts';
import { refusalOfInit } from '../container/ending-words.ts';
import { execInContainer } from '../container/exec/exec.ts';
import { execMark } from '../container/exec/mark.ts';
import { listeningInWords } from '../health/listening-words.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import type { Ending, Launched, Launcher } from '../slot/launcher.ts';
import { cleanHistory } from '../slot/restart-policy.ts';
import { type Addresses, othersOn } from './addresses.ts';
import { awaitEnding } from './await-ending.ts';
import { containerOptions, containerPort } from './container-options.ts';
import { usageOf } from './container-usage.ts';
import { findingOf } from './ending.ts';
import type { EngineEvents } from './engine-events.ts';
import type { ContainerIdentity } from './identity.ts';
import { LogCopy } from './log-copy.ts';
import type { ContainerRecord, ContainerRef } from './records.ts';

export interface ContainerSurroundings {
  engine: Docker;
  events: EngineEvents;
  identity: ContainerIdentity;
  addresses: Addresses;
  spec: SlotSpec;
  logs: SlotLogs;
  /** What the release runs in when it is in no image of its own. */
  baseImage: string;
  as: AppUser;
  /** How long one that somebody stopped is left so: an engine that ends stops all, and has them back when it starts. */
  stoppedPatienceMs: number;
}

type Seen = Docker.ContainerInspectInfo;

const lookWhileEndingMs = 100;
const killPatienceMs = 10_000;

/** Launches instances as containers, each with an address of its own on the environment's network. */
export class ContainerLauncher implements Launcher<ContainerRecord> {
  readonly #around: ContainerSurroundings;
  readonly #copies = new Map<number, LogCopy>();

  constructor(around: ContainerSurroundings) {
    this.#around = around;
  }

  blank(): ContainerRecord {
    const common = { launch: '', startedAt: Date.now(), readyAt: null, restarts: 0, history: cleanHistory };
    return { ...common, host: '', container: null };
  }

  addressOf({ host }: ContainerRecord) {
    return { host, port: containerPort };
  }

  async plan(index: number, record: ContainerRecord): Promise<ContainerRecord> {
    const { engine, identity, addresses, spec } = this.#around;
    const network = await ensureNetwork(engine, identity.placeOf(spec.slot));
    const others = othersOn(network, this.#nameOf(index, record.launch));
    const host = addresses.take(network, record.host, others);
    if (record.host !== '' && host !== record.host) addresses.release(record.host);
    return { ...record, launch: randomBytes(6).toString('hex'), host, container: null };
  }

  async launch(index: number, record: ContainerRecord, signal: AbortSignal): Promise<Launched<ContainerRecord>> {
    const { engine, spec } = this.#around;
    const name = this.#nameOf(index, record.launch);
    await engineCall(`creating the container of ${spec.slot}/${index}`, () =>
      engine.createContainer(this.#options(index, name, record.host)),
    );
    const container = engine.getContainer(name);
    await engineCall(`starting the container of ${spec.slot}/${index}`, () =>
      container.start({ abortSignal: enginePatience() }),
    );
    const seen = await engineCall(`looking at the container of ${spec.slot}/${index}`, () =>
      container.inspect({ abortSignal: enginePatience() }),
    );
    return this.#watched(index, record, refOf(seen), signal);
  }

  wasLaunched({ container }: ContainerRecord): boolean {
    return container !== null;
  }

  /** While the engine is away, what was launched is taken to run: it is looked at when the engine answers. */
  async adopt(index: number, record: ContainerRecord, signal: AbortSignal): Promise<Launched<ContainerRecord> | null> {
    const seen = await this.#look(index, record).catch(() => undefined);
    const found = seen && isRunning(seen, record) ? refOf(seen) : null;
    const known = record.container ?? found;
    if (known === null || (seen !== undefined && found === null)) return null;
    this.#around.addresses.keep(record.host);
    return this.#watched(index, record, known, signal);
  }

  async end(index: number, record: ContainerRecord, graceMs: number): Promise<string[]> {
    if (record.launch === '') return [];
    const name = this.#nameOf(index, record.launch);
    const seen = await this.#look(index, record);
    if (seen === null) return [];
    const container = this.#around.engine.getContainer(seen.Id);
    await engineCall(`stopping ${name}`, async () => {
      if (graceMs > 0) await this.#signal(container, seen, 'SIGTERM', graceMs);
      await this.#signal(container, seen, 'SIGKILL', killPatienceMs);
      await this.#copyOf(index).rest(container, record.launch);
      await container.remove({ force: true, v: true }).catch(unlessUp(container));
    });
    return (await isUp(container)) ? [`container ${name}`] : [];
  }

  emptied(record: ContainerRecord): ContainerRecord {
    return { ...record, container: null };
  }

  release({ host }: ContainerRecord): void {
    this.#around.addresses.release(host);
  }

  async isTaken(record: ContainerRecord): Promise<boolean> {
    const { engine, identity, spec } = this.#around;
    const network = await ensureNetwork(engine, identity.placeOf(spec.slot)).catch(() => null);
    return network !== null && othersOn(network, '').has(record.host);
  }

  /** Nobody else has its address. */
  owns(): boolean {
    return true;
  }

  describe({ host, container }: ContainerRecord): string {
    return listeningInWords(container ? appSockets(container.pid) : [], host, containerPort);
  }

  async exec(index: number, { container }: ContainerRecord, request: ExecRequest): Promise<Execution> {
    const { engine, identity, spec } = this.#around;
    const { id = '', pid = 0 } = container ?? {};
    const where = { container: engine.getContainer(id), pid, name: `${spec.slot}/${index}`, env: [] };
    return execInContainer({ ...where, mark: execMark(identity.home) }, request);
  }

  explainEnding(words: string, lastLine: string): string {
    const refusal = /^exited with 12[67]$/.test(words) ? refusalOfInit(lastLine) : null;
    return refusal ? `could not be started (${refusal})` : words;
  }

  async usage({ container }: ContainerRecord) {
    if (!container) return null;
    return usageOf(this.#around.engine.getContainer(container.id)).catch(() => null);
  }

  #watched(index: number, record: ContainerRecord, ref: ContainerRef, signal: AbortSignal): Launched<ContainerRecord> {
    void this.#copyOf(index).keepFollowing(this.#around.engine.getContainer(ref.id), record.launch, signal);
    const now = { ...record, container: ref };
    return { body: { container: ref }, started: true, pid: ref.pid, ended: this.#endOf(index, now, signal) };
  }

  async #endOf(index: number, record: ContainerRecord, signal: AbortSignal): Promise<Ending<ContainerRecord>> {
    const { events, stoppedPatienceMs } = this.#around;
    const look = () => this.#look(index, record);
    const ending = await awaitEnding({ record, look, events, stoppedPatienceMs }, signal);
    if (!ending?.again) return { words: ending?.words ?? 'ended' };
    return { words: ending.words, again: this.#watched(index, record, refOf(ending.again), signal) };
  }

  /** The container of a launch; null when there is none. @throws KovaError when the engine does not say */
  async #look(index: number, record: ContainerRecord): Promise<Seen | null> {
    const name = this.#nameOf(index, record.launch);
    return engineCall(`looking at ${name}`, async () => {
      const container = this.#around.engine.getContainer(record.container?.id ?? name);
      const seen = await ifThere(container.inspect({ abortSignal: enginePatience() }));
      return seen && this.#around.identity.made(seen.Name.slice(1), seen.Config.Labels) ? seen : null;
    });
  }

  async #signal(container: Docker.Container, { Id, State }: Seen, signal: string, patienceMs: number): Promise<void> {
    if (!(await isUp(container))) return;
    if (State.Paused) await container.unpause().catch(goneAlready);
    await container.kill({ signal }).catch(goneAlready);
    const limit = AbortSignal.timeout(patienceMs);
    while (!limit.aborted && (await isUp(container))) await this.#around.events.next(Id, lookWhileEndingMs, limit);
  }

  #options(index: number, name: string, host: string): Docker.ContainerCreateOptions {
    const { identity, spec, baseImage, as } = this.#around;
    const network = this.#network();
    const labels = identity.labelsOf(spec.slot, index, name);
    const image = spec.image ?? baseImage;
    return containerOptions({ name, labels, spec, instance: `${spec.slot}/${index}`, image, network, host, as });
  }

  #network(): string {
    return networkName(this.#around.identity.placeOf(this.#around.spec.slot));
  }

  #copyOf(index: number): LogCopy {
    const copy = this.#copies.get(index) ?? new LogCopy(this.#around.logs, index);
    this.#copies.set(index, copy);
    return copy;
  }

  #nameOf(index: number, launch: string): string {
    return this.#around.identity.nameOf(this.#around.spec.slot, index, launch);
  }
}

function isRunning(seen: Seen, record: ContainerRecord): boolean {
  return ['runs', 'again'].includes(findingOf(seen, record).kind);
}

function refOf({ Id, State }: Seen): ContainerRef {
  return { id: Id, pid: State.Pid, startedAt: State.StartedAt };
}

async function isUp(container: Docker.Container): Promise<boolean> {
  const seen = await ifThere(container.inspect({ abortSignal: enginePatience() }));
  if (seen === null) return false;
  return seen.State.Running && !seen.State.Restarting;
}

/** One that cannot be removed, for its files are busy, does no harm once it has ended: the engine removes it later. */
function unlessUp(container: Docker.Container): (error: unknown) => Promise<void> {
  return async (error) => {
    if (await isUp(container)) throw error;
  };
}
