import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

const bin = fileURLToPath(new URL('../packages/cli/bin/kova.js', import.meta.url));

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  expect((await kova.shipped({ text: 'one' })).error).toBeNull();
});
afterAll(() => kova?.close());

const env = () => ({ ...kova.env, KOVA_URL: kova.control.url });
const exec = (...args: string[]) => runKova(['exec', '--project', 'shop', ...args], env());
const js = (code: string) => ['--', 'node', '-e', code];

test('it runs as the instance does, and its exit code and outputs are its own', async () => {
  const ran = await exec(
    ...js(
      'console.log(process.cwd(), process.env.KOVA_INSTANCE, process.getuid()); console.error("apart"); process.exit(7)',
    ),
  );
  const { instances } = await kova.environment();
  expect(ran).toEqual({ code: 7, out: expect.stringContaining(instances[0]!.id), err: 'apart\n' });
});

test('5 MB of random bytes go in and come out as they were', async () => {
  const bytes = randomBytes(5_000_000);
  const child = spawn(process.execPath, [bin, 'exec', '--project', 'shop', '--', 'cat'], {
    env: env(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const out = buffer(child.stdout);
  child.stdin.end(bytes);
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect((await out).equals(bytes)).toBe(true);
});
