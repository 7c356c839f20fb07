import { existsSync } from 'node:fs';
import type { ConfigInput } from '@kova/core/config/schema';
import type Docker from 'dockerode';
import { importImage } from '../../testing/docker-engine.ts';
import { manifestList, type PushedManifest } from '../registry/manifest-list.ts';
import { pushTag } from '../registry/push-tag.ts';
import { putManifest } from '../registry/put-manifest.ts';

/** Whether this machine, which is an amd64, runs programs for another one: its kernel hands them to an emulator. */
export const emulates = (machine: 'aarch64' | 's390x') => existsSync(`/proc/sys/fs/binfmt_misc/qemu-${machine}`);

/** What a base needs, and no Node, which would be large: its web server is busybox. */
const packages = ['bash', 'busybox', 'coreutils', 'dash', 'tini'];
const architectures = ['amd64', 'arm64', 's390x'] as const;

/** What such a base can run as an app, whose health path is a file. */
export const smallApp = {
  ...{ install: null, build: null, health: { path: '/health' } },
  start: ['busybox', 'httpd', '-f', '-p', '0.0.0.0:3000', '-h', '/app'],
} satisfies ConfigInput['app'];

/** Puts a base for several platforms into a registry, and leaves none at the engine. Returns its name. */
export async function pushBase(engine: Docker, registry: string): Promise<string> {
  const name = `${registry}/small`;
  const target = { name, credentials: null, signal: AbortSignal.timeout(240_000) };
  const pushed: PushedManifest[] = [];
  for (const architecture of architectures) {
    const reference = `${name}:${architecture}`;
    await importImage(engine, { name: 'kova-test/small:1', packages, architecture });
    await engine.getImage('kova-test/small:1').tag({ repo: name, tag: architecture });
    pushed.push({ os: 'linux', architecture, ...(await pushTag(engine, target, architecture)) });
    for (const each of [reference, 'kova-test/small:1']) await engine.getImage(each).remove();
  }
  await putManifest(engine, target, ['1'], manifestList(pushed));
  return `${name}:1`;
}
