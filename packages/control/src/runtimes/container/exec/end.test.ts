import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeBase, openTestEngine, type TestEngine } from '../../../testing/docker-engine.ts';
import { isGone } from '../../../testing/is-gone.ts';
import { until } from '../../../testing/until.ts';
import { endCommand, signalCommand } from './end.ts';

let testing: TestEngine;
beforeAll(async () => {
  testing = await openTestEngine();
});
afterAll(() => testing?.close());

/** None that Kova gives: a story beside this one may end all that runs as one of those. */
const user = '90123:90123';

/** A command in a container as it is seen by a Kova that may not look into processes: its mark cannot be read. */
async function outOfReach(argv: string[]) {
  const { engine } = testing;
  const HostConfig = { Init: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] };
  const container = await engine.createContainer({
    ...{ Image: nodeBase.name, Cmd: ['sleep', '600'], User: user, HostConfig },
  });
  await container.start();
  const exec = await container.exec({ Cmd: argv, AttachStdout: true });
  const stream = await exec.start({});
  await new Promise((resolve) => stream.once('data', resolve));
  stream.resume();
  // What it prints may come before the engine knows its number.
  const pid = await until(async () => (await exec.inspect()).Pid);
  return { exec, command: { container, pid, mark: 'a mark that it does not carry' } };
}

test('a command that may not be signalled from here is, by a shell beside it', async () => {
  const { exec, command } = await outOfReach([
    'sh',
    '-c',
    'trap "exit 9" INT; echo ready; while :; do sleep 0.1; done',
  ]);
  await signalCommand(command, 'SIGINT');
  await until(async () => !(await exec.inspect()).Running);
  expect(await exec.inspect()).toMatchObject({ ExitCode: 9 });
});

test('and is killed when it ignores that', async () => {
  const { exec, command } = await outOfReach(['sh', '-c', 'trap "" HUP TERM; echo ready; while :; do sleep 0.1; done']);
  await endCommand(command);
  expect(isGone(command.pid)).toBe(false);
  await until(async () => !(await exec.inspect()).Running);
  expect(isGone(command.pid)).toBe(true);
  expect((await exec.inspect()).ExitCode).toBe(137);
});
