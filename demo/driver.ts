import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type {
  DeploymentView,
  EnvironmentView,
  ErrorReport,
  ScorecardView,
  ShipView,
  StatusView,
  StreamEvent,
} from '@kova/control/api';
import type { ControlProcess } from '@kova/control/launch';
import { request } from 'undici';

export type JobEvent = Extract<StreamEvent, { type: 'job' }>;
export type PhaseEvent = Extract<StreamEvent, { type: 'phase' }>;

interface Watch {
  onJob?: (event: JobEvent) => void;
  onPhase?: (event: PhaseEvent) => void;
}

/** What the control plane answered instead of doing what was asked. */
export class Refused extends Error {
  readonly code: string;

  constructor(report: ErrorReport) {
    super(report.message);
    this.code = report.code;
  }
}

/** Speaks to the control plane's API about one project. */
export class Driver {
  readonly #control: ControlProcess;
  readonly #token: string;
  readonly #project: string;

  private constructor(control: ControlProcess, token: string, project: string) {
    this.#control = control;
    this.#token = token;
    this.#project = project;
  }

  static async of(control: ControlProcess, project: string): Promise<Driver> {
    const token = await readFile(`${control.home}/keys/api-token`, 'utf8');
    return new Driver(control, token.trim(), project);
  }

  /** Ships a commit, says yes for `approver` when it is asked, and waits for the end. */
  async ship(commit: string, bundle: Uint8Array, approver: string, watch: Watch = {}): Promise<ShipView> {
    await this.#call('PUT', `/v1/projects/${this.#project}/commits/${commit}`, bundle);
    const { ship } = await this.#call<{ ship: string }>('POST', `/v1/projects/${this.#project}/ships`, { commit });
    for await (const event of this.#events(`/v1/ships/${ship}/events`)) {
      if (event.type === 'job') watch.onJob?.(event);
      if (event.type === 'ship') return event.ship;
      if (event.type !== 'phase') continue;
      watch.onPhase?.(event);
      if (event.phase === 'awaiting-approval') await this.#act('approve', event.environment, { by: approver });
    }
    throw new Error(`the control plane ended the story of ${ship} before its end`);
  }

  /** @throws Refused */
  async deploy(release: string, environment: string): Promise<string> {
    return this.#act('deployments', environment, { release, by: 'demo' });
  }

  async #act(action: string, environment: string, body: object): Promise<string> {
    const path = `/v1/projects/${this.#project}/environments/${environment}/${action}`;
    return (await this.#call<{ deployment: string }>('POST', path, body)).deployment;
  }

  deployment(id: string): Promise<DeploymentView> {
    return this.#call('GET', `/v1/deployments/${id}`);
  }

  async environments(): Promise<EnvironmentView[]> {
    const { projects } = await this.#call<StatusView>('GET', '/v1/status');
    return projects.find(({ name }) => name === this.#project)?.environments ?? [];
  }

  async environment(name: string): Promise<EnvironmentView> {
    const found = (await this.environments()).find((environment) => environment.name === name);
    if (!found) throw new Error(`${this.#project} has no environment ${name}`);
    return found;
  }

  scorecard(): Promise<ScorecardView> {
    return this.#call('GET', `/v1/projects/${this.#project}/metrics`);
  }

  async *#events(path: string): AsyncGenerator<StreamEvent> {
    const { body, statusCode } = await request(this.#control.url + path, { headers: this.#headers(), bodyTimeout: 0 });
    if (statusCode !== 200) throw new Refused((await body.json()) as ErrorReport);
    for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.startsWith('data:')) yield JSON.parse(line.slice(5)) as StreamEvent;
    }
  }

  async #call<T>(method: 'GET' | 'POST' | 'PUT', path: string, content?: object): Promise<T> {
    const bundle = content instanceof Uint8Array;
    const type = bundle ? 'application/x-git-bundle' : 'application/json';
    const { body, statusCode } = await request(this.#control.url + path, {
      method,
      headers: { ...this.#headers(), ...(content && { 'content-type': type }) },
      body: bundle ? content : content ? JSON.stringify(content) : null,
    });
    const answer = await body.json();
    if (statusCode !== 200) throw new Refused(answer as ErrorReport);
    return answer as T;
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
