import { delimiter } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';
import type { Toolchain } from '../build/toolchain.ts';
import { launchVariable } from '../runtimes/process/system/terminate.ts';
import type { Emit, Part } from './event.ts';
import type { Place } from './place.ts';
import { readEnvFile } from './prepare/env-file.ts';
import type { DevelopRequest } from './request.ts';

/** What the programs of a development environment are started with. The configuration and the env file may change. */
export class Environment {
  readonly place: Place;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** The addresses of what Kova runs here, by the variable that the app finds them in. */
  readonly services: Record<string, Secret> = {};
  config: ProjectConfig;
  readonly #toolchain: Toolchain;
  readonly #personal: NodeJS.ProcessEnv;
  #fromFile: Record<string, string> = {};

  constructor(place: Place, config: ProjectConfig, toolchain: Toolchain, request: DevelopRequest) {
    this.place = place;
    this.config = config;
    this.#toolchain = toolchain;
    this.#personal = request.env;
    this.emit = request.emit;
    this.signal = request.signal;
  }

  async readEnvFile(): Promise<void> {
    this.#fromFile = await readEnvFile(this.place.project);
  }

  /**
   * For the app and its commands: what the configuration says of `development`, over it the env file, over it the
   * person's own environment, over it what Kova runs here. Node and npm are those that releases are built with.
   */
  variables(part: Part): Record<string, string | Secret> {
    const personal = Object.entries(this.#personal).filter((each): each is [string, string] => each[1] !== undefined);
    return {
      ...this.config.environments.development?.env,
      ...this.#fromFile,
      ...Object.fromEntries(personal),
      ...this.services,
      PATH: [this.#toolchain.bin, this.#personal.PATH ?? ''].join(delimiter),
      NODE_ENV: 'development',
      KOVA_PROJECT: this.config.name,
      KOVA_ENVIRONMENT: 'development',
      [launchVariable]: this.mark(part),
    };
  }

  /** By which the processes of a part are found again. */
  mark(part: Part): string {
    return `${this.place.mark}.${part.replaceAll(' ', '-')}`;
  }

  note(part: Part, text: string): void {
    this.emit({ type: 'note', part, text });
  }
}
