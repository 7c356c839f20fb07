import type Docker from 'dockerode';
import { pusher } from '../../images/testing/registry.ts';

/** Puts an image of the engine into the registry. Returns its name there by digest: `10.70.3.254:5000/shop@sha256:…`. */
export async function pushImage(engine: Docker, name: string, registry: string): Promise<string> {
  const [repository = name, tag = 'latest'] = name.split(':');
  const there = `${registry}/${repository}`;
  await engine.getImage(name).tag({ repo: there, tag });
  const progress = await engine.getImage(`${there}:${tag}`).push({ authconfig: pusher });
  const lines = await followed<PushLine>(engine, progress);
  const digest = lines.map(({ aux }) => aux?.Digest).find((found) => found !== undefined);
  if (!digest) throw new Error(`the registry took no ${name}: ${JSON.stringify(lines.at(-1))}`);
  return `${there}@${digest}`;
}

/** Has an image of the registry at the engine, under the name that it has without the registry as well. */
export async function pullImage(engine: Docker, reference: string, name: string): Promise<void> {
  await followed(engine, await engine.pull(reference, { authconfig: pusher }));
  const [repo = name, tag = 'latest'] = name.split(':');
  await engine.getImage(reference).tag({ repo, tag });
}

interface PushLine {
  aux?: { Digest?: string };
}

function followed<Line>(engine: Docker, progress: NodeJS.ReadableStream): Promise<readonly Line[]> {
  return new Promise((resolve, reject) =>
    engine.modem.followProgress(progress, (error, output) => (error ? reject(error) : resolve(output ?? []))),
  );
}
