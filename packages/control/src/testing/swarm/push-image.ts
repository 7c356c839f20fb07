import type Docker from 'dockerode';

/** Puts an image of the engine into the registry. Returns its name there by digest: `host:5000/shop@sha256:…`. */
export async function pushImage(engine: Docker, name: string, registry: string): Promise<string> {
  const [repository = name, tag = 'latest'] = name.split(':');
  const there = `${registry}/${repository}`;
  await engine.getImage(name).tag({ repo: there, tag });
  const progress = await engine.getImage(`${there}:${tag}`).push({ authconfig: { username: '', password: '' } });
  const lines = await new Promise<readonly PushLine[]>((resolve, reject) =>
    engine.modem.followProgress(progress, (error, output) => (error ? reject(error) : resolve(output ?? []))),
  );
  const digest = lines.map(({ aux }) => aux?.Digest).find((found) => found !== undefined);
  if (!digest) throw new Error(`the registry took no ${name}: ${JSON.stringify(lines.at(-1))}`);
  return `${there}@${digest}`;
}

/** The name by digest of an image that the registry has; null if it has none of that name. */
export async function pushedImage(name: string, registry: string): Promise<string | null> {
  const [repository = name, tag = 'latest'] = name.split(':');
  const answer = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {
    ...{ method: 'HEAD', headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' } },
  });
  return answer.ok ? `${registry}/${repository}@${answer.headers.get('docker-content-digest')}` : null;
}

interface PushLine {
  aux?: { Digest?: string };
}
