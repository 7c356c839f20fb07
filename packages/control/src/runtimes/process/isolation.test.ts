import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isReachable } from '../../home/reachable.ts';
import { until } from '../../testing/until.ts';
import { markedIn, openWorkshop, type Workshop } from './testing/workshop.ts';

let workshop: Workshop;
const slot = 'shop/production/blue';
const isRoot = process.getuid?.() === 0;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.close());

function linksOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

async function report(env: Record<string, string | Secret> = {}) {
  const runtime = await workshop.open();
  const spec = workshop.spec('prints-env', { env });
  await runtime.start(spec);
  expect(await runtime.awaitReady(slot, 10_000)).toMatchObject({ outcome: 'pass' });
  const [instance] = await runtime.instances(slot);
  const response = await fetch(`http://127.0.0.1:${instance!.address.port}/`);
  return { spec, instance: instance!, ...((await response.json()) as Record<string, never>) } as never as {
    spec: ReturnType<Workshop['spec']>;
    instance: NonNullable<typeof instance>;
    env: Record<string, string>;
    uid: number;
    gid: number;
    status: string;
    oomScore: string;
  };
}

describe('an instance', () => {
  test('has exactly the environment it was given', async () => {
    process.env.KOVA_SENTINEL = 'sentinel-of-the-control-plane';
    const { env, spec, instance } = await report({ API_KEY: new Secret('sk-1234567890') });
    delete process.env.KOVA_SENTINEL;
    expect(env).toEqual({
      ...spec.env,
      API_KEY: 'sk-1234567890',
      PORT: String(instance.address.port),
      HOST: '127.0.0.1',
      HOSTNAME: '127.0.0.1',
      KOVA_INSTANCE: `${slot}/0`,
      KOVA_LAUNCH: expect.any(String),
    });
    expect(JSON.stringify(env)).not.toContain('sentinel');
  });

  test.skipIf(!isRoot)('runs as the given user without groups, and so do its files', async () => {
    const target = join(workshop.root, 'open');
    await mkdir(target);
    spawnSync('chmod', ['1777', target]);
    const { uid, gid, status } = await report({ WRITE_TO: join(target, 'file') });
    const as = workshop.options.as!;
    expect([uid, gid]).toEqual([as.uid, as.gid]);
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(await stat(join(target, 'file'))).toMatchObject({ uid: as.uid, gid: as.gid });
  });

  test('can gain no privileges and dies before Kova does', async () => {
    const { status, oomScore } = await report();
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(oomScore).toBe('500');
  });

  test('has no descriptor of the control plane, nor of who started that', async () => {
    const heirloom = openSync(join(workshop.root, 'heirloom'), 'w');
    const argument = JSON.stringify({ options: workshop.options, spec: workshop.spec('good') });
    const stdio = Array.from({ length: 21 }, (_, fd) => (fd === 20 ? heirloom : ('ignore' as const)));
    const script = join(import.meta.dirname, 'testing/supervisor.ts');
    const supervisor = spawn(process.execPath, [script, argument], { stdio });
    closeSync(heirloom);
    try {
      const [pid] = await until(() => {
        const [found] = markedIn(workshop.directory).keys();
        return found !== undefined && linksOf(found).some((to) => to.startsWith('socket:')) ? [found] : null;
      });
      expect(linksOf(supervisor.pid!)).toContain(join(workshop.root, 'heirloom'));
      const files = linksOf(pid).filter((to) => to.startsWith('/'));
      const logs = ['stdout', 'stderr'].map((stream) => join(workshop.options.logs, slot, `r-1/0.${stream}.log`));
      expect(new Set(files)).toEqual(new Set(['/dev/null', ...logs]));
    } finally {
      supervisor.kill('SIGKILL');
    }
  });

  test.skipIf(!isRoot)('keeps its secrets and logs where nobody else can look', async () => {
    await report({ API_KEY: new Secret('sk-1234567890') });
    const { directory, logs, as } = workshop.options;
    expect(await isReachable(directory, as)).toBe(false);
    expect(await isReachable(logs, as)).toBe(false);
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect((mode & 0o777).toString(8)).toBe(entry.isDirectory() ? '700' : '600');
    }
    const written = await readFile(join(directory, encodeURIComponent(slot), 'slot.json'), 'utf8');
    expect(JSON.parse(written).spec.env.API_KEY).toEqual({ secret: 'sk-1234567890' });
  });
});

describe('a program that cannot start', () => {
  const startError = async (overrides: Parameters<Workshop['spec']>[1]) => {
    const runtime = await workshop.open();
    return runtime.start(workshop.spec('good', overrides)).catch((error: unknown) => error);
  };

  test('because it is missing is START_FAILED, in words', async () => {
    const error = await startError({ start: ['nodd', 'good.mjs'] });
    expect(hasCode(error, 'START_FAILED')).toBe(true);
    expect(String(error)).toContain('there is no program `nodd` on the PATH of the slot');
    expect(hasCode(await startError({ start: ['./good'] }), 'START_FAILED')).toBe(true);
    expect(hasCode(await startError({ directory: '/nowhere' }), 'START_FAILED')).toBe(true);
  });

  test.skipIf(!isRoot)('because its user cannot enter the directory is HOME_UNREACHABLE', async () => {
    const directory = join(workshop.root, 'closed');
    await mkdir(directory, { mode: 0o700 });
    expect(hasCode(await startError({ directory }), 'HOME_UNREACHABLE')).toBe(true);
  });

  test.skipIf(!isRoot)('because its user may not execute it fails the verdict, in words', async () => {
    const runtime = await workshop.open();
    const script = join(workshop.directory, 'private');
    spawnSync('install', ['-m', '700', '/bin/true', script]);
    await runtime.start(workshop.spec('good', { start: ['./private'] }));
    const verdict = await runtime.awaitReady(slot, 10_000);
    expect(verdict.outcome).toBe('fail');
    expect(verdict.reason).toContain('could not be started (');
    expect(verdict.reason).toContain('Permission denied');
  });
});
