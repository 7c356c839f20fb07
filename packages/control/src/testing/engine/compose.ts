import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const suite = 'trixie';

/**
 * Path of Docker Compose 2, as a program of its own. This machine's Debian has only version 1, so that it is taken from
 * a newer Debian's package, of the mirror that apt uses, and kept outside the tree.
 */
export async function composeProgram(): Promise<string> {
  const kept = join(homedir(), '.cache', 'kova-tests', 'docker-compose');
  if (
    await access(kept).then(
      () => true,
      () => false,
    )
  )
    return kept;
  const work = await mkdtemp(join(tmpdir(), 'kova-compose-'));
  try {
    await download(work);
    await mkdir(join(kept, '..'), { recursive: true });
    await run('cp', [join(work, 'tree/usr/libexec/docker/cli-plugins/docker-compose'), `${kept}.${process.pid}`]);
    await rename(`${kept}.${process.pid}`, kept);
    return kept;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Into `work/tree`, with lists of apt's own that leave the system's alone. */
async function download(work: string): Promise<void> {
  const line = `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${await mirror()} ${suite} main\n`;
  await writeFile(join(work, 'sources.list'), line);
  for (const name of ['lists/partial', 'cache/archives/partial']) await mkdir(join(work, name), { recursive: true });
  const own = { 'Dir::Etc::sourcelist': 'sources.list', 'Dir::State::lists': 'lists', 'Dir::Cache': 'cache' };
  const options = [
    ...Object.entries(own).flatMap(([name, path]) => ['-o', `${name}=${join(work, path)}`]),
    ...['-o', 'Dir::Etc::sourceparts=-', '-o', 'APT::Sandbox::User=root'],
  ];
  await run('apt-get', [...options, 'update', '-qq']);
  await run('apt-get', [...options, 'download', 'docker-compose'], { cwd: work });
  const deb = (await readdir(work)).find((name) => name.endsWith('.deb')) ?? '';
  await run('dpkg-deb', ['--extract', deb, 'tree'], { cwd: work });
}

/** Where apt takes Debian's own packages from. */
async function mirror(): Promise<string> {
  const parts = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(await readdir(parts)).map((name) => join(parts, name))];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const [found] = /https?:\/\/\S+\/debian\/?(?=\s)/.exec(text.replaceAll(/^#.*$/gm, '')) ?? [];
    if (found) return found;
  }
  throw new Error('the sources of apt name no mirror of Debian');
}
