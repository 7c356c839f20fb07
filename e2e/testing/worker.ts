import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestKova } from './kova.ts';

/** A `kova worker` of a Kova, as a process of its own. */
export class TestWorker {
  readonly child: ChildProcess;
  /** What it has said. */
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #ready = Promise.withResolvers<void>();

  private constructor(kova: Pick<TestKova, 'env'>, args: readonly string[]) {
    const bin = join(import.meta.dirname, '../../packages/cli/bin/kova.js');
    this.child = spawn(process.execPath, [bin, 'worker', ...args], {
      env: kova.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        if (line.includes('jobs at a time')) this.#ready.resolve();
      });
    }
    void this.ended.then((code) =>
      this.#ready.reject(new Error(`the worker ended with ${code}: ${this.lines.join('\n')}`)),
    );
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when it takes jobs. */
  static async start(kova: Pick<TestKova, 'env'>, ...args: string[]): Promise<TestWorker> {
    const worker = new TestWorker(kova, args);
    await worker.#ready.promise;
    return worker;
  }

  /** As executors are called in the store and in what Kova says. */
  get id(): string {
    return /worker (\S+) takes/.exec(this.lines.join('\n'))?.[1] ?? '';
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end; gives its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
