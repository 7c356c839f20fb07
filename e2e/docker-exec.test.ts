import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { nodeBase, openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

const bin = fileURLToPath(new URL('../packages/cli/bin/kova.js', import.meta.url));

let testing: TestEngine;
let kova: TestKova;
beforeAll(async () => {
  testing = await openTestEngine();
  kova = await TestKova.keeping({ DOCKER_HOST: testing.host, KOVA_DOCKER_IMAGE: nodeBase.name });
  expect((await kova.shipped({ text: 'one', more: `runtime: 'docker',` })).error).toBeNull();
}, 240_000);
afterAll(async () => {
  await kova?.close();
  await testing?.close();
});

const env = () => ({ ...kova.env, KOVA_URL: kova.control.url });
const exec = (...args: string[]) => runKova(['exec', '--project', 'shop', ...args], env());
const begin = (...args: string[]) =>
  spawn(process.execPath, [bin, 'exec', '--project', 'shop', ...args], { env: env() });
const js = (code: string) => ['--', 'node', '-e', code];
const stays = 'console.log("at work"); setInterval(() => {}, 1000)';

/** How many processes all containers have together, as the engine sees them. */
async function processes(): Promise<number> {
  const containers = await testing.engine.listContainers();
  const tops = await Promise.all(containers.map(({ Id }) => testing.engine.getContainer(Id).top()));
  return tops.flatMap(({ Processes }) => Processes).length;
}

test('in a container: its user and rights, exit code, outputs apart', async () => {
  const code = `const { readFileSync } = require('node:fs');
    const of = (pid) => readFileSync('/proc/' + pid + '/status', 'utf8').match(/^(Uid|Gid|Groups|CapEff|NoNewPrivs):.*$/gm).join();
    console.log(of('self') === of(1), process.env.KOVA_INSTANCE); console.error('apart'); process.exit(7)`;
  const { instances } = await kova.environment();
  expect(await exec(...js(code))).toEqual({ code: 7, out: `true ${instances[0]!.id}\n`, err: 'apart\n' });
  expect(await exec('--', 'no-such-program')).toMatchObject({
    code: 127,
    err: expect.stringContaining('"no-such-program": executable file not found'),
  });
});

test('5 MB of random bytes go in and come out as they were', async () => {
  const bytes = randomBytes(5_000_000);
  const child = begin('--', 'cat');
  const out = buffer(child.stdout);
  child.stdin.end(bytes);
  expect(await once(child, 'close')).toEqual([0, null]);
  expect((await out).equals(bytes)).toBe(true);
});

test.each<[string, () => Promise<void>]>([
  ['its caller', async () => {}],
  [
    'the control plane',
    async () => {
      kova.killControl();
      await kova.up();
    },
  ],
])('when %s is killed, it is gone in the container', async (killed, again) => {
  const before = await processes();
  const child = begin(...js(stays));
  await once(child.stdout, 'data');
  expect(await processes()).toBe(before + 1);
  if (killed === 'its caller') child.kill('SIGKILL');
  await again();
  await kova.until(processes, (count) => count === before);
});

test('when its container ends, it ends and says so', async () => {
  const child = begin(...js(stays));
  await once(child.stdout, 'data');
  const said = buffer(child.stderr);
  const { instances } = await kova.environment();
  process.kill(instances[0]!.pid!, 'SIGKILL');
  expect(await once(child, 'close')).toEqual([125, null]);
  expect(String(await said)).toContain(`EXEC_ENDED: ${instances[0]!.id} was killed by SIGKILL`);
});
