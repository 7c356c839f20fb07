import type { SlotId } from '@kova/core/environment/slot';
import { hasCode } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { afterAll, afterEach, beforeAll, describe, expect, test as vitestTest } from 'vitest';
import type { Instance, LogLine, Runtime, SlotSpec } from '../ports/runtime.ts';
import { until } from '../testing/until.ts';
import { execConformance } from './exec.conformance.ts';

/** The apps in `fixtures/`, by file name without its ending. */
export type FixtureApp =
  | 'good'
  | 'slow'
  | 'never-listens'
  | 'wrong-port'
  | 'unhealthy'
  | 'exits-at-once'
  | 'exits-later'
  | 'one-ready'
  | 'ignores-sigterm'
  | 'with-children'
  | 'chatty'
  | 'prints-env';

export interface RuntimeHarness {
  runtime: Runtime;
  /** Where instances find `fixtures/`, as `SlotSpec.directory`. */
  directory: string;
  /** What every instance needs in its environment, such as PATH. */
  env: Record<string, string>;
  /** A runtime with the same state, as after a restart of the control plane; the one before is given up. */
  reopen(): Promise<Runtime>;
  /** How many processes, containers or tasks of the slot there are, known to the runtime or not. */
  leftovers(slot: SlotId): Promise<number>;
  close(): Promise<void>;
}

/** Long enough for the slowest adapter to start an instance; no test waits for it to pass. */
const patienceMs = 45_000;

/**
 * Declares the tests that every adapter of the `Runtime` port passes.
 * @param exceptions tests that an adapter cannot pass, by name, each with the reason
 */
export function runtimeConformance(
  name: string,
  setup: () => Promise<RuntimeHarness>,
  exceptions: Readonly<Record<string, string>> = {},
): void {
  const titles = new Set<string>();
  // Left out, not skipped: what is skipped is what lacks a tool or a right, and could pass elsewhere.
  const test = (title: string, body: () => Promise<void>) => {
    titles.add(title);
    if (exceptions[title] === undefined) vitestTest(title, body);
  };
  describe(`${name} as a Runtime`, () => {
    let harness: RuntimeHarness;
    let runtime: Runtime;
    let slot: SlotId;
    let number = 0;

    beforeAll(async () => {
      harness = await setup();
      runtime = harness.runtime;
    });
    afterAll(() => harness?.close());
    afterEach(async () => {
      for (const { slot: id } of await runtime.slots()) await runtime.stop(id);
    });

    const specOf = (app: FixtureApp, overrides: Partial<SlotSpec> = {}): SlotSpec => {
      number += 1;
      slot = `conformance/test-${number}/blue`;
      return {
        slot,
        release: 'r-1',
        directory: harness.directory,
        start: ['node', `${app}.mjs`],
        instances: 1,
        health: { path: '/health', intervalMs: 100, timeoutMs: 1000 },
        stopTimeoutMs: 5000,
        maxLogBytes: 1_000_000,
        ...overrides,
        env: { ...harness.env, ...overrides.env },
      };
    };
    const startReady = async (spec: SlotSpec): Promise<Instance[]> => {
      await runtime.start(spec);
      expect(await runtime.awaitReady(spec.slot, patienceMs)).toMatchObject({ outcome: 'pass' });
      return runtime.instances(spec.slot);
    };
    const ask = async ({ address }: Instance, path = '/'): Promise<string> => {
      const response = await fetch(`http://${address.host}:${address.port}${path}`, {
        headers: { connection: 'close' },
      });
      return response.text();
    };
    const tailOf = (count: number) => Array.fromAsync(runtime.logs(slot, { tail: count }));

    describe('start', () => {
      test('launches all wanted instances, each with an address of its own', async () => {
        const instances = await startReady(specOf('good', { instances: 3 }));
        expect(instances.map(({ id, state, release, restarts }) => ({ id, state, release, restarts }))).toEqual(
          [0, 1, 2].map((index) => ({ id: `${slot}/${index}`, state: 'ready', release: 'r-1', restarts: 0 })),
        );
        expect(new Set(instances.map(({ address }) => `${address.host}:${address.port}`)).size).toBe(3);
        for (const instance of instances) expect(JSON.parse(await ask(instance)).instance).toBe(instance.id);
        expect((await runtime.slots()).map((spec) => spec.slot)).toEqual([slot]);
      });

      test('again with the same specification changes nothing', async () => {
        const spec = specOf('good', { env: { KEY: new Secret('a secret') } });
        const [before] = await startReady(spec);
        await runtime.start({ ...spec, env: { ...spec.env, KEY: new Secret('a secret') } });
        expect(await runtime.instances(slot)).toEqual([before]);
      });

      test('of another release or another specification is a conflict and leaves the slot alone', async () => {
        const spec = specOf('good', { env: { KEY: new Secret('a secret') } });
        const before = await startReady(spec);
        for (const other of [
          { ...spec, release: 'r-2' },
          { ...spec, env: { ...spec.env, KEY: new Secret('another') } },
        ]) {
          const refusal = await runtime.start(other).catch((error: unknown) => error);
          expect(hasCode(refusal, 'CONFLICT')).toBe(true);
          expect(String(refusal)).not.toContain('another secret');
        }
        expect(await runtime.instances(slot)).toEqual(before);
      });

      test('twice at once launches once', async () => {
        const spec = specOf('good');
        await Promise.all([runtime.start(spec), runtime.start(spec)]);
        expect(await runtime.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
        expect(await runtime.instances(slot)).toHaveLength(1);
      });

      test('refuses what is no specification', async () => {
        for (const wrong of [
          { slot: '../../etc/blue' as SlotId },
          { release: '../r' },
          { instances: 0 },
          { start: [] },
          { env: { 'A=B': 'c' } },
        ]) {
          const spec = { ...specOf('good'), ...wrong };
          expect(hasCode(await runtime.start(spec).catch((error: unknown) => error), 'INPUT_INVALID')).toBe(true);
        }
      });
    });

    describe('awaitReady', () => {
      test('waits for an app that is slow to listen and then not yet healthy', async () => {
        await startReady(specOf('slow', { env: { DELAY_MS: '300' } }));
        expect(await runtime.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
      });

      // Traffic switched at one ready replica: https://github.com/argoproj/argo-rollouts/issues/3941
      test('waits for all wanted instances', async () => {
        await runtime.start(specOf('one-ready', { instances: 2 }));
        await until(async () => (await runtime.instances(slot))[0]?.state === 'ready');
        await until(async () => (await tailOf(1)).length > 0);
        const verdict = await runtime.awaitReady(slot, 700);
        expect(verdict.outcome).toBe('fail');
        expect(verdict.reason).toContain('instance 2 of 2');
        expect(verdict.reason).toContain('not me');
      });

      // The deadline never fired: https://github.com/argoproj/argo-rollouts/issues/4128
      test('fails at its deadline when the app never listens', async () => {
        await runtime.start(specOf('never-listens'));
        await until(async () => (await tailOf(1)).length > 0);
        const startedAt = performance.now();
        const verdict = await runtime.awaitReady(slot, 600);
        expect(performance.now() - startedAt).toBeLessThan(5000);
        expect(verdict.outcome).toBe('fail');
        expect(verdict.reason).toContain('listens on no port');
        expect(verdict.reason).toContain('waiting for something that never comes');
      });

      test('says what the health path answers', async () => {
        await runtime.start(specOf('unhealthy'));
        const verdict = await until(async () => {
          const found = await runtime.awaitReady(slot, 300);
          return found.reason.includes('GET /health answered 500') && found;
        });
        expect(verdict.outcome).toBe('fail');
      });

      test('fails with the last lines, scrubbed, as soon as an app that exits at once is in a crash loop', async () => {
        const env = { DATABASE_URL: new Secret('postgres://shop:hunter22@db/shop') };
        await runtime.start(specOf('exits-at-once', { env }));
        const verdict = await runtime.awaitReady(slot, patienceMs);
        expect(verdict.outcome).toBe('fail');
        expect(verdict.reason).toContain('ended 3 times before it was ever ready');
        expect(verdict.reason).toContain('exited with 3');
        expect(verdict.reason).toContain('cannot reach the database at [secret]');
        expect(verdict.reason).not.toContain('hunter22');
        expect((await runtime.instances(slot))[0]?.state).toBe('crash-looped');
      });

      test('rejects with the reason of its signal', async () => {
        await runtime.start(specOf('never-listens'));
        const why = new Error('the deployment was cancelled');
        const waiting = runtime.awaitReady(slot, patienceMs, AbortSignal.abort(why));
        await expect(waiting).rejects.toBe(why);
        const abort = new AbortController();
        setTimeout(() => abort.abort(why), 100);
        await expect(runtime.awaitReady(slot, patienceMs, abort.signal)).rejects.toBe(why);
      });

      test('fails when the slot is stopped, before and meanwhile', async () => {
        expect((await runtime.awaitReady('conformance/none/blue', patienceMs)).outcome).toBe('fail');
        await runtime.start(specOf('never-listens'));
        const waiting = runtime.awaitReady(slot, patienceMs);
        await runtime.stop(slot);
        expect((await waiting).outcome).toBe('fail');
      });

      // A check mixed old and new tasks: https://github.com/dokploy-community/dokploy/pull/184
      test('looks only at the release that the slot runs now', async () => {
        const spec = specOf('good');
        await startReady(spec);
        await runtime.stop(slot);
        await runtime.start({ ...spec, release: 'r-2', start: ['node', 'never-listens.mjs'] });
        expect((await runtime.awaitReady(slot, 500)).outcome).toBe('fail');
        expect((await runtime.instances(slot)).map(({ release }) => release)).toEqual(['r-2']);
      });
    });

    describe('an instance that ends', () => {
      test('is started again and becomes ready again', async () => {
        await startReady(specOf('exits-later', { env: { AFTER_MS: '800' } }));
        await until(async () => {
          const [now] = await runtime.instances(slot);
          return now && now.restarts > 0 && now.state === 'ready';
        });
        expect((await tailOf(10)).map(({ text }) => text)).toContain('out of luck');
      });
    });

    describe('stop', () => {
      test('ends everything, and again is nothing', async () => {
        await startReady(specOf('good', { instances: 2 }));
        await runtime.stop(slot);
        expect(await harness.leftovers(slot)).toBe(0);
        expect(await runtime.instances(slot)).toEqual([]);
        expect(await runtime.slots()).toEqual([]);
        expect((await tailOf(10)).map(({ text }) => text)).toContain('draining');
        await runtime.stop(slot);
        await runtime.stop('conformance/none/green');
      });

      test('kills what ignores SIGTERM after the stop timeout', async () => {
        await startReady(specOf('ignores-sigterm', { stopTimeoutMs: 1000 }));
        const startedAt = performance.now();
        await runtime.stop(slot);
        expect(performance.now() - startedAt).toBeGreaterThan(950);
        expect(await harness.leftovers(slot)).toBe(0);
        expect((await tailOf(10)).map(({ text }) => text)).toContain('no');
      });

      test('leaves no child behind, not even one in a session of its own', async () => {
        await startReady(specOf('with-children', { stopTimeoutMs: 300 }));
        expect(await harness.leftovers(slot)).toBeGreaterThan(0);
        await runtime.stop(slot);
        expect(await harness.leftovers(slot)).toBe(0);
      });

      test('of a crash loop ends it', async () => {
        await runtime.start(specOf('exits-at-once'));
        await runtime.awaitReady(slot, patienceMs);
        await runtime.stop(slot);
        expect(await runtime.instances(slot)).toEqual([]);
        expect(await harness.leftovers(slot)).toBe(0);
      });
    });

    describe('logs', () => {
      test('gives the last lines of both streams of all instances', async () => {
        await startReady(specOf('good', { instances: 2 }));
        const expected = [0, 1].flatMap((index) => [
          { instance: `${slot}/${index}`, stream: 'stdout', text: 'listening' },
          { instance: `${slot}/${index}`, stream: 'stderr', text: 'careful' },
        ]);
        const lines = await until(async () => {
          const found = await tailOf(10);
          return found.length === 4 && found;
        });
        expect(lines).toEqual(expect.arrayContaining(expected));
        expect(await tailOf(3)).toHaveLength(3);
        expect(await tailOf(0)).toEqual([]);
      });

      test('scrubs secrets', async () => {
        const [instance] = await startReady(specOf('prints-env', { env: { API_KEY: new Secret('sk-1234567890') } }));
        expect(await ask(instance!)).toContain('sk-1234567890');
        const [line] = await until(async () => {
          const found = await tailOf(1);
          return found.length > 0 && found;
        });
        expect(line?.text).toBe('the secret is [secret]');
      });

      test('follows until the signal aborts', async () => {
        const instances = await startReady(specOf('good', { instances: 2 }));
        const abort = new AbortController();
        const lines: LogLine[] = [];
        const following = (async () => {
          for await (const line of runtime.logs(slot, { tail: 0, follow: true, signal: abort.signal }))
            lines.push(line);
        })();
        for (const instance of instances) {
          await until(async () => {
            await ask(instance, '/log');
            return lines.some((line) => line.instance === instance.id);
          });
        }
        abort.abort();
        await following;
        expect(new Set(lines.map(({ text }) => text))).toEqual(new Set(instances.map(({ id }) => `asked at ${id}`)));
      });

      test('keeps no more than it may of an app that writes without end', async () => {
        const [instance] = await startReady(specOf('chatty', { maxLogBytes: 20_000, env: { LINES: '30000' } }));
        await ask(instance!, '/log');
        const last = await until(async () => {
          const [line] = await tailOf(1);
          return line?.text === 'line 29999' && line;
        });
        expect(last.stream).toBe('stdout');
        const kept = await tailOf(100_000);
        expect(kept.length).toBeGreaterThan(100);
        expect(kept.length).toBeLessThan(25_000);
      });
    });

    execConformance(test, {
      exec: (instance, request) => runtime.exec(instance.id, request),
      startReady: async (env) => (await startReady(specOf('good', { env })))[0]!,
      printed: async () => (await tailOf(100)).map((line) => line.text),
      look: async () => (await runtime.instances(slot))[0]!,
      stop: async () => {
        await runtime.stop(slot);
        return harness.leftovers(slot);
      },
    });

    test('usage grows with what an instance uses', async () => {
      await startReady(specOf('good', { instances: 2 }));
      const usage = await until(async () => {
        const found = await runtime.usage(slot);
        return found.every(({ residentBytes }) => residentBytes > 5_000_000) && found;
      });
      expect(usage.map(({ id }) => id)).toEqual([`${slot}/0`, `${slot}/1`]);
      for (const { cpuSeconds, openFiles } of usage) {
        expect(cpuSeconds).toBeGreaterThan(0);
        expect(openFiles).toBeGreaterThanOrEqual(3);
      }
      expect(await runtime.usage('conformance/none/blue')).toEqual([]);
    });

    test('a new runtime adopts what the one before left running, and can stop it', async () => {
      const spec = specOf('good', { instances: 2, env: { KEY: new Secret('a secret') } });
      const before = await startReady(spec);
      runtime = await harness.reopen();
      const after = await runtime.instances(slot);
      expect(after.map(({ pid, address, state, restarts }) => ({ pid, address, state, restarts }))).toEqual(
        before.map(({ pid, address, state, restarts }) => ({ pid, address, state, restarts })),
      );
      expect(await runtime.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
      await runtime.start(spec);
      expect((await runtime.instances(slot)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
      await runtime.stop(slot);
      expect(await harness.leftovers(slot)).toBe(0);
    });

    vitestTest('no exception is of a test that there is not', () => {
      expect(Object.keys(exceptions).filter((title) => !titles.has(title))).toEqual([]);
    });
  });
}
