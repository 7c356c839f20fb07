import { setTimeout as pause } from 'node:timers/promises';
import type { TestEngine } from '@kova/control/testing/docker-engine';

const pollMs = 50;
const port = 3000;
const nanoseconds = 1e9;

export interface Updated {
  /** Until the swarm says that the update is done, as `docker service update` waits for it, ms. */
  doneMs: number;
  /** Until no task of the earlier image runs any more, ms. */
  movedMs: number;
}

/**
 * Swarm's own way on the same images: one service of three tasks, `docker service update --update-order start-first`
 * and otherwise its defaults: a task at a time, each watched for 5 s.
 */
export class PeerService {
  readonly #engine: TestEngine['engine'];
  readonly #id: string;

  private constructor(engine: TestEngine['engine'], id: string) {
    this.#engine = engine;
    this.#id = id;
  }

  static async start(engine: TestEngine['engine'], image: string): Promise<PeerService> {
    const { id } = await engine.createService({
      Name: 'peer',
      TaskTemplate: template(image, ['node', 'server.mjs']),
      Mode: { Replicated: { Replicas: 3 } },
      UpdateConfig: { Parallelism: 1, Order: 'start-first', Monitor: 5 * nanoseconds, FailureAction: 'rollback' },
      EndpointSpec: { Mode: 'dnsrr', Ports: [{ TargetPort: port, PublishMode: 'host' }] },
    });
    const peer = new PeerService(engine, id);
    while ((await peer.#running(image)) < 3) await pause(pollMs);
    return peer;
  }

  async update(from: string, to: string): Promise<Updated> {
    const began = performance.now();
    await this.#change(template(to, ['node', 'server.mjs']));
    let movedMs = 0;
    for (;;) {
      if (movedMs === 0 && (await this.#running(from)) === 0) movedMs = performance.now() - began;
      const state = await this.#state();
      if (state === 'completed')
        return { doneMs: performance.now() - began, movedMs: movedMs || performance.now() - began };
      if (state !== 'updating') throw new Error(`the update is ${state}`);
      await pause(pollMs);
    }
  }

  /** Updates to something that ends at once; resolves with how long it takes until that is taken back, ms. */
  async failAndRollBack(image: string): Promise<number> {
    const began = performance.now();
    await this.#change(template(image, ['node', '-e', 'process.exit(1)']));
    while ((await this.#state()) !== 'rollback_completed') await pause(pollMs);
    return performance.now() - began;
  }

  remove(): Promise<unknown> {
    return this.#engine.getService(this.#id).remove();
  }

  async #change(TaskTemplate: ReturnType<typeof template>): Promise<void> {
    const service = this.#engine.getService(this.#id);
    const { Version, Spec } = await service.inspect();
    await service.update({ version: Version.Index, ...Spec, TaskTemplate });
    while ((await this.#state()) === null) await pause(pollMs);
  }

  async #state(): Promise<string | null> {
    const { UpdateStatus } = await this.#engine.getService(this.#id).inspect();
    return UpdateStatus?.State ?? null;
  }

  async #running(image: string): Promise<number> {
    const tasks = await this.#engine.listTasks({ filters: { service: [this.#id] } });
    return tasks.filter(({ Spec, Status }) => Spec.ContainerSpec.Image === image && Status.State === 'running').length;
  }
}

function template(image: string, command: string[]) {
  return {
    ContainerSpec: {
      Image: image,
      Command: command,
      Env: [`PORT=${port}`, 'HOST=0.0.0.0'],
      StopGracePeriod: 5 * nanoseconds,
    },
    RestartPolicy: { Condition: 'any', Delay: nanoseconds },
  };
}
