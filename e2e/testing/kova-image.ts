import { join } from 'node:path';
import { buildNpmBase, dockerBuild, npmBase } from '@kova/control/testing/command-line';
import { type ImageRecipe, nodeBase, openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';

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

/** Builds Kova's image, without the Chromium, and loads it in engines that cannot reach npm's registry. */
export async function bringKova(engines: readonly TestEngine['engine'][], tag: string): Promise<void> {
  const builder = await openTestEngine([nodeBase, kovaSystem]);
  try {
    await buildNpmBase(builder.host);
    const args = { ...kovaBuildArgs, CHROMIUM: 'no' };
    await dockerBuild(builder.host, root, { file: join(root, 'deploy/Dockerfile'), tag, args });
    await Promise.all(
      engines.map(async (engine) => {
        const progress = await engine.loadImage(await builder.engine.getImage(tag).get());
        await new Promise((resolve, reject) =>
          engine.modem.followProgress(progress, (error, output) => (error ? reject(error) : resolve(output))),
        );
      }),
    );
  } finally {
    await builder.close();
  }
}
