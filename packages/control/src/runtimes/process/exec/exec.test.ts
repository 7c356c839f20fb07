import { closeSync, openSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@kova/core/secret';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExecRequest } from '../../../ports/exec.ts';
import { openWorkshop, type Workshop } from '../testing/workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.close());

const slot = 'shop/production/blue';
/** What of a process says with which rights it runs, and what it holds that is no input or output. */
const rights = `const { readFileSync, readdirSync, readlinkSync, statSync } = require('node:fs');
  const status = readFileSync('/proc/self/status', 'utf8').match(/^(Uid|Gid|Groups|CapEff|NoNewPrivs):.*$/gm);
  const held = readdirSync('/proc/self/fd').filter((fd) => fd > 2).flatMap((fd) => { try { return [readlinkSync('/proc/self/fd/' + fd)]; } catch { return []; } });
  const strange = held.filter((link) => !/^(anon_inode|\\/dev\\/null$|pipe:|\\/proc\\/)/.test(link));
  const owner = process.stdin.isTTY ? statSync(readlinkSync('/proc/self/fd/0')).uid === process.getuid() : null;
  console.log(JSON.stringify({ status, strange, owner, oom: readFileSync('/proc/self/oom_score_adj', 'utf8').trim(), env: process.env }));`;

async function ready(env: Record<string, string | Secret> = {}) {
  const runtime = await workshop.open();
  await runtime.start(workshop.spec('good', { env }));
  expect(await runtime.awaitReady(slot, 10_000)).toMatchObject({ outcome: 'pass' });
  const [instance] = await runtime.instances(slot);
  return { runtime, instance: instance! };
}

describe.each<[string, ExecRequest['terminal']]>([
  ['with pipes', null],
  ['on a terminal', { rows: 24, columns: 10_000, kind: 'dumb' }],
])('a command %s', (_, terminal) => {
  const signal = new AbortController().signal;

  test('has the environment and the rights of the instance, and nothing of the control plane', async () => {
    const { runtime, instance } = await ready({ API_KEY: new Secret('sk-1234567890') });
    const own = openSync('/etc/hostname', 'r');
    const ran = await runtime.exec(instance.id, { argv: ['node', '-e', rights], terminal, signal });
    closeSync(own);
    const [out, err] = await Promise.all([text(ran.stdout), text(ran.stderr)]);
    expect(err).toBe('');
    const { status, strange, owner, oom, env } = JSON.parse(out);
    const { as } = workshop.options;
    const [uid, gid] = as ? [as.uid, as.gid] : [process.getuid!(), process.getgid!()];
    expect(status).toEqual(
      expect.arrayContaining([
        `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
        `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
        'NoNewPrivs:\t1',
        'CapEff:\t0000000000000000',
      ]),
    );
    if (as) expect(status).toContainEqual(expect.stringMatching(/^Groups:\s*(\d+ )?$/));
    expect(strange).toEqual([]);
    expect(owner).toBe(terminal ? true : null);
    expect(oom).toBe('500');
    expect(env).toEqual({
      ...{ ...workshop.spec('good').env, API_KEY: 'sk-1234567890', KOVA_INSTANCE: `${slot}/0` },
      ...{ PORT: String(instance.address.port), HOST: '127.0.0.1', HOSTNAME: '127.0.0.1' },
      ...{ KOVA_LAUNCH: expect.any(String), ...(terminal && { TERM: 'dumb', PWD: workshop.directory }) },
    });
  });

  test('that prints much is given to its last byte', async () => {
    const { runtime, instance } = await ready();
    const argv = ['node', '-e', 'process.stdout.write("x".repeat(3_000_000) + "end")'];
    const ran = await runtime.exec(instance.id, { argv, terminal, signal });
    ran.stderr.resume();
    const all = await buffer(ran.stdout);
    expect([all.length, all.subarray(-3).toString()]).toEqual([3_000_003, 'end']);
    expect(await ran.ended).toEqual({ exitCode: 0, endedBy: null });
  });

  test('that has ended long before all of it is read loses nothing', async () => {
    const { runtime, instance } = await ready();
    const argv = ['node', '-e', 'process.stdout.write("x".repeat(290_000) + "end")'];
    const ran = await runtime.exec(instance.id, { argv, terminal, signal });
    ran.stderr.resume();
    const pieces: Buffer[] = [];
    for await (const piece of ran.stdout) {
      // Nothing tells when a program has ended whose output nobody takes.
      if (pieces.push(piece) === 1) await sleep(1500);
    }
    const all = Buffer.concat(pieces);
    expect([all.length, all.subarray(-3).toString()]).toEqual([290_003, 'end']);
  });
});
