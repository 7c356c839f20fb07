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

type Engine = TestEngine['engine'];
const root = join(import.meta.dirname, '../..');

/** Kova's image, in an engine of its own, which reaches npm's registry. */
export interface BuiltKova {
  /** Has it in further engines, by this name. */
  load(engines: readonly Engine[], name: string): Promise<void>;
  close(): Promise<void>;
}

const built = 'kova-test/kova:built';

/** Built without the Chromium. */
export async function buildKova(): Promise<BuiltKova> {
  const { engine, host, close } = await openTestEngine([nodeBase, kovaSystem]);
  const load = async (to: Engine, name: string) => {
    const progress = await to.loadImage(await engine.getImage(name).get());
    await new Promise((resolve, reject) =>
      to.modem.followProgress(progress, (error, output) => (error ? reject(error) : resolve(output))),
    );
  };
  try {
    await buildNpmBase(host);
    const args = { ...kovaBuildArgs, CHROMIUM: 'no' };
    await dockerBuild(host, root, { file: join(root, 'deploy/Dockerfile'), tag: built, args });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async load(engines, name) {
      await tagImage(engine, built, name);
      await Promise.all(engines.map((to) => load(to, name)));
    },
    close,
  };
}

/** Gives an image of an engine a further name, `repository:tag`. */
export async function tagImage(engine: Engine, image: string, name: string): Promise<void> {
  const at = name.lastIndexOf(':');
  await engine.getImage(image).tag({ repo: name.slice(0, at), tag: name.slice(at + 1) });
}
