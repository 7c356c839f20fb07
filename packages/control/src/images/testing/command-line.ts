import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { prepareToolchain } from '../../build/toolchain.ts';
import { nodeBase } from '../../testing/docker-engine.ts';

const run = promisify(execFile);

export interface BuildWish {
  /** Of another Dockerfile than the directory's own. */
  file?: string;
  target?: string;
  tag?: string;
  args?: Readonly<Record<string, string>>;
}

/** As a person builds: Debian's own client, which brings BuildKit. Returns what it printed. */
export async function dockerBuild(
  host: string,
  directory: string,
  { file, target, tag, args = {} }: BuildWish,
): Promise<string> {
  const options = [
    ...['--network', 'host', '--progress', 'plain'],
    ...(file ? ['--file', file] : []),
    ...(target ? ['--target', target] : []),
    ...(tag ? ['--tag', tag] : []),
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ];
  const env = { PATH: '/usr/bin:/bin', HOME: tmpdir(), DOCKER_HOST: host, DOCKER_BUILDKIT: '1' };
  const { stdout, stderr } = await run('/usr/bin/docker', ['build', ...options, directory], {
    env,
    maxBuffer: 1 << 26,
  });
  return stdout + stderr;
}

export const npmBase = 'kova-test/npm:24';

/** The base image with the npm of this machine, and the certificates that are trusted here. */
export async function buildNpmBase(host: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-npm-'));
  try {
    const { npmCli } = await prepareToolchain(join(directory, 'toolchain'), null);
    await run('cp', ['-a', dirname(dirname(npmCli)), join(directory, 'npm')]);
    const lines = [
      `FROM ${nodeBase.name}`,
      'COPY npm /usr/local/lib/node_modules/npm',
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
    ];
    const trusted = process.env.NODE_EXTRA_CA_CERTS;
    if (trusted) {
      await run('cp', ['-L', trusted, join(directory, 'trusted.crt')]);
      lines.push('COPY trusted.crt /etc/ssl/trusted.crt', 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/trusted.crt');
    }
    await writeFile(join(directory, 'Dockerfile'), lines.join('\n'));
    await dockerBuild(host, directory, { tag: npmBase });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
