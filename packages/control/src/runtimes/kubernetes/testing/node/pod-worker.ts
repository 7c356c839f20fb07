import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { markedBy } from '../../../process/system/processes.ts';
import type { Stored } from '../server/object.ts';
import type { Store } from '../server/store.ts';
import { environmentOf } from './container-environment.ts';
import { ContainerLog } from './container-log.ts';

export interface NodeSettings {
  /** Where what a pod's image holds is to be found. */
  directory: (pod: Stored) => string;
  /** Between probes, in place of the pod's seconds. */
  probeMs: number;
  /** Before the second start again; doubles. */
  backOffMs: number;
}

/** Runs one pod as a process of this machine, with an address of its own, and writes down what becomes of it. */
export class PodWorker {
  readonly log = new ContainerLog();
  readonly #store: Store;
  readonly #pod: Stored;
  readonly #ip: string;
  readonly #settings: NodeSettings;
  #child: ChildProcess | null = null;
  #restarts = 0;
  #last: object | undefined;
  #oom = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, pod: Stored, ip: string, settings: NodeSettings) {
    this.#store = store;
    this.#pod = pod;
    this.#ip = ip;
    this.#settings = settings;
  }

  start(): void {
    if (this.#over) return;
    try {
      this.#run(environmentOf(this.#store, this.#pod));
    } catch (error) {
      this.report({ waiting: { reason: 'CreateContainerConfigError', message: (error as Error).message } });
    }
  }

  /** The container takes more memory than it may. */
  outOfMemory(): void {
    this.#oom = true;
    this.#kill();
  }

  /** SIGTERM, the grace period, SIGKILL of all that is in the pod; then the pod is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => this.#kill(), graceMs);
      await ended;
      clearTimeout(late);
    }
    // A pod is gone when nothing of it runs: what is killed takes a moment to end.
    while (this.#kill() > 0) await sleep(10);
    this.log.end();
  }

  /** Writes the state of the container into the pod's status. */
  report(state: object, ready = false): void {
    const running = 'running' in state;
    this.#store.change(this.#pod, (pod) => {
      const conditions = [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ];
      const status = {
        name: 'app',
        ready,
        started: running,
        restartCount: this.#restarts,
        image: '',
        imageID: '',
        state,
      };
      pod.status = {
        ...{ phase: running || this.#restarts > 0 ? 'Running' : 'Pending', podIP: this.#ip, conditions },
        startTime: pod.status.startTime ?? new Date().toISOString(),
        containerStatuses: [{ ...status, ...(this.#last ? { lastState: { terminated: this.#last } } : {}) }],
      };
    });
  }

  #run(env: Record<string, string>): void {
    const [container] = this.#pod.spec.containers;
    const [program, ...args] = container.args.map((arg: string) => arg.replaceAll('$$', '$'));
    const startedAt = new Date().toISOString();
    this.log.begin();
    // Pods share this machine's network: the address of the pod stands for its own.
    const child = spawn(program, args, {
      ...{
        cwd: this.#settings.directory(this.#pod),
        env: { PATH: process.env.PATH, ...env, HOST: this.#ip, HOSTNAME: this.#ip },
        detached: true,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.log.write(line));
    child.once('close', (code) => this.#ended(code, startedAt));
    this.report({ running: { startedAt } });
    this.#probe(startedAt, false);
  }

  #probe(startedAt: string, wasReady: boolean): void {
    const { path } = this.#pod.spec.containers[0].readinessProbe.httpGet;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const failure = await ask(`http://${this.#ip}:3000${path}`);
      if (this.#over || !this.#child) return;
      if (failure !== null) this.#warn(`Readiness probe failed: ${failure}`);
      const ready = failure === null;
      if (ready !== wasReady) this.report({ running: { startedAt } }, ready);
      this.#probe(startedAt, ready);
    }, this.#settings.probeMs);
  }

  #ended(code: number | null, startedAt: string): void {
    this.#child = null;
    clearTimeout(this.#timer);
    this.log.end();
    if (this.#over) return;
    const reason = this.#oom ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error';
    this.#oom = false;
    const ended = { exitCode: code ?? 137, reason, startedAt, finishedAt: new Date().toISOString() };
    const pause = this.#restarts === 0 ? 0 : this.#settings.backOffMs * 2 ** (this.#restarts - 1);
    this.report({ terminated: ended });
    this.#last = ended;
    this.#restarts += 1;
    if (pause > 0)
      this.report({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } });
    this.#timer = setTimeout(() => this.start(), pause);
  }

  /** How many there were. */
  #kill(): number {
    const { name } = this.#pod.metadata;
    let count = 0;
    for (const [pid, instance] of markedBy('KOVA_POD')) {
      if (instance !== name) continue;
      count += 1;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    return count;
  }

  #warn(message: string): void {
    const { namespace, uid, name } = this.#pod.metadata;
    const at = `${name}.${message.length}`;
    const there = this.#store.find('Event', namespace, at);
    const lastTimestamp = new Date().toISOString();
    if (there) {
      this.#store.change(there, (event) => Object.assign(event, { lastTimestamp, message }));
      return;
    }
    this.#store.create({
      ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: at, namespace } as never },
      ...{
        type: 'Warning',
        reason: 'Unhealthy',
        message,
        lastTimestamp,
        involvedObject: { kind: 'Pod', name, namespace, uid },
      },
    });
  }
}

/** Null when it answers 2xx or 3xx, else why not in the kubelet's words. */
async function ask(url: string): Promise<string | null> {
  try {
    const { status } = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) });
    return status < 400 ? null : `HTTP probe failed with statuscode: ${status}`;
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return code === 'ECONNREFUSED' ? `Get "${url}": dial tcp: connect: connection refused` : `Get "${url}": ${code}`;
  }
}
