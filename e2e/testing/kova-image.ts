import { join } from 'node:path';
import { buildNpmBase, dockerBuild, npmBase } from '@kova/control/testing/command-line';
import type { ImageRecipe } from '@kova/control/testing/docker-engine';

const unneeded = [
  '/usr/share/perl',
  '/usr/lib/*/perl',
  '/usr/lib/*/libperl.so*',
  ...['git-daemon', 'git-http-backend', 'git-http-push', 'git-imap-send', 'git-shell', 'scalar'].map(
    (name) => `/usr/lib/git-core/${name}`,
  ),
];

/** What `deploy/Dockerfile` makes of a Debian before anything of Kova is in it. */
export const kovaSystem: ImageRecipe = {
  name: 'kova-test/debian:12',
  packages: ['ca-certificates', 'git', 'tini'],
  setUp: [`rm -r ${unneeded.join(' ')}`],
  changes: ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
};

/** With which the image is built without anything of a hub. */
export const kovaBuildArgs = { BASE: npmBase, SYSTEM: kovaSystem.name };

const root = join(import.meta.dirname, '../..');

/** Builds Kova's image in an engine that has `nodeBase` and `kovaSystem`, without the Chromium. */
export async function buildKova(host: string, tag: string): Promise<void> {
  await buildNpmBase(host);
  const args = { ...kovaBuildArgs, CHROMIUM: 'no' };
  await dockerBuild(host, root, { file: join(root, 'deploy/Dockerfile'), tag, args });
}
