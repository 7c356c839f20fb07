import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateTree } from '@kova/control/evaluate';
import { buildNpmBase, dockerBuild, npmBase } from '@kova/control/testing/command-line';
import { openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';
import { suites } from '@kova/render/suites';
import { Repository } from '../../demo/repository.ts';
import { beside, type Figure } from '../result.ts';

const root = join(import.meta.dirname, '../..');

/** The storefront's image by the rendered Dockerfile: its size beside what it is made of, and a rebuild beside the first. */
export async function image(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-bench-image-'));
  const testing = await openTestEngine();
  try {
    await buildNpmBase(testing.host);
    await Repository.of(join(root, 'examples/storefront'), directory);
    await render(directory);
    const cold = await build(testing, directory);
    const size = await sizeBesideContents(testing, directory);
    await change(directory);
    const changed = await build(testing, directory);
    const note = 'docker build --target production, packages downloaded; then one component changed';
    return [size, beside('containers.rebuild_ratio', changed, 'cold, ms', cold, '×', 1, note)];
  } finally {
    await testing.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function render(directory: string): Promise<void> {
  const config = await evaluateTree(directory);
  const docker = suites.find(({ name }) => name === 'docker');
  for (const { path, text } of docker?.render(config) ?? []) await writeFile(join(directory, path), text);
}

/** How long it takes, ms. */
async function build({ host }: TestEngine, directory: string, target = 'production'): Promise<number> {
  const began = performance.now();
  await dockerBuild(host, directory, { target, tag: target, args: { BASE: npmBase } });
  return performance.now() - began;
}

async function sizeBesideContents(testing: TestEngine, directory: string): Promise<Figure> {
  await build(testing, directory, 'release');
  const sizeOf = async (name: string) => (await testing.engine.getImage(name).inspect()).Size;
  const [whole, base, output] = [await sizeOf('production'), await sizeOf(npmBase), await bytesOfRelease(testing)];
  const note = `${megabytes(whole)} MB: base ${megabytes(base)} MB, standalone output ${megabytes(output)} MB`;
  return beside('containers.image.size_ratio', whole, 'base + standalone output, bytes', base + output, '×', 1, note);
}

async function bytesOfRelease({ engine }: TestEngine): Promise<number> {
  const container = await engine.createContainer({
    ...{ Image: 'release', Entrypoint: ['du', '-sb', '/release'], Cmd: [], Tty: true },
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  await container.wait();
  return Number.parseInt(String(await container.logs({ stdout: true })), 10);
}

async function change(directory: string): Promise<void> {
  const file = join(directory, 'components/site-footer.tsx');
  await writeFile(file, `${await readFile(file, 'utf8')}\n// changed\n`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
