import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { createArtefacts } from '../../artefacts/artefacts.ts';
import { homeAt } from '../../home/home.ts';
import type { ImageRequest } from '../../ports/images.ts';
import { nodeBase, type TestEngine } from '../../testing/docker-engine.ts';
import { createImages } from '../images.ts';

const server = `import { createServer } from 'node:http';
createServer((request, response) => {
  response.writeHead(request.url === '/api/health' ? 200 : 404).end(String(process.getuid()));
}).listen(process.env.PORT, process.env.HOST);
`;

const nodeApp: ConfigInput['app'] = {
  ...{ install: null, build: null, start: ['node', 'server.mjs'], health: { path: '/api/health' } },
};

/** A release, and what makes images of it at an engine. */
export async function openShop({ engine }: Pick<TestEngine, 'engine'>, { pausesMs = [100, 200] } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-images-'));
  const home = homeAt(join(directory, 'home'));
  const artefacts = createArtefacts(home.artefacts);
  // The engine of tests has no bridge.
  const images = createImages({
    ...{ engine: () => engine, home, artefacts, network: 'host', pausesMs },
    ...{ baseImage: nodeBase.name, credentialsOf: async () => null },
  });
  const release = async (files: Readonly<Record<string, string | Buffer>> = {}) => {
    const stage = await mkdtemp(join(directory, 'stage-'));
    for (const [path, content] of Object.entries({ 'server.mjs': server, ...files })) {
      await mkdir(dirname(join(stage, path)), { recursive: true });
      await writeFile(join(stage, path), content);
    }
    return (await artefacts.pack(stage)).digest;
  };
  const request = (artefact: string, image: ConfigInput['image'] = {}, app = nodeApp): ImageRequest => ({
    config: parseConfig({
      ...{ name: 'shop', app },
      image: { base: nodeBase.name, ...image },
    }),
    commit: {
      ...{ sha: '0123456789abcdef0123456789abcdef01234567', message: 'One', author: 'Ada' },
      committedAt: new Date('2026-01-02T03:04:05Z'),
    },
    artefact,
    signal: AbortSignal.timeout(120_000),
  });
  return { home, images, release, request, close: () => rm(directory, { recursive: true, force: true }) };
}
