import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { lastLinesOf } from '../../engine/last-lines.ts';

const tailLines = 30;

/** Watches a container that was just started: whether it still runs, and what it said when it does not. */
export class Vitals {
  readonly #container: Docker.Container;
  readonly #name: string;
  #restarts: number | null = null;

  constructor(engine: Docker, name: string) {
    this.#container = engine.getContainer(name);
    this.#name = name;
  }

  /** Whether it runs since the first look; one that the engine had to start again does not. */
  async isRunning(): Promise<boolean> {
    const { State, RestartCount } = await this.#inspect();
    this.#restarts ??= RestartCount;
    return State.Running && !State.Restarting && RestartCount === this.#restarts;
  }

  /** `the container shop-postgres exited with 1: …`, with the last lines that it wrote. */
  async lastWords(): Promise<string> {
    const { State, RestartCount } = await this.#inspect();
    const killed = State.OOMKilled ? ' (it had no memory left)' : '';
    const running = RestartCount > (this.#restarts ?? 0) ? 'does not stay up' : 'runs';
    const state = State.Running && !State.Restarting ? running : `exited with ${State.ExitCode}${killed}`;
    const said = await lastLinesOf(this.#container, this.#name, tailLines);
    return `the container ${this.#name} ${state}:\n${said}`;
  }

  #inspect(): Promise<Docker.ContainerInspectInfo> {
    return engineCall(`container ${this.#name}`, () => this.#container.inspect());
  }
}
