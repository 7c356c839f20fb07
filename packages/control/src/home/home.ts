import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The one directory that holds Kova's state, and where each kind of it lies. */
export interface Home {
  root: string;
  /** Kova's own store and the databases of the environments. */
  postgres: string;
  /** What is known of the services that are containers. */
  services: string;
  artefacts: string;
  /** Unpacked releases by slot. */
  slots: string;
  /** Bare repositories of the projects. */
  repositories: string;
  builds: string;
  /** What jobs of pipelines have made. */
  results: string;
  assets: string;
  logs: string;
  edge: string;
  keys: string;
  /** Copies of programs that unprivileged users must reach. */
  toolchain: string;
  /** Kova's own sources as Node has compiled them: a start need not do it again. */
  compiled: string;
}

/** `KOVA_HOME`, else `/var/lib/kova` for root, else `~/.kova`. */
export function homePath(env: NodeJS.ProcessEnv = process.env): string {
  if (env.KOVA_HOME) return resolve(env.KOVA_HOME);
  return process.getuid?.() === 0 ? '/var/lib/kova' : join(homedir(), '.kova');
}

export function homeAt(root: string): Home {
  const at = (name: string) => join(root, name);
  return {
    root,
    postgres: at('postgres'),
    services: at('services'),
    artefacts: at('artefacts'),
    slots: at('slots'),
    repositories: at('repositories'),
    builds: at('builds'),
    results: at('results'),
    assets: at('assets'),
    logs: at('logs'),
    edge: at('edge'),
    keys: at('keys'),
    toolchain: at('toolchain'),
    compiled: at('compiled'),
  };
}

const enterable = 0o711;
const privateMode = 0o700;

/**
 * Makes the directories, whatever the umask. Those on the way to what unprivileged processes use may be entered but not
 * listed when Kova runs as root; the rest are private. What is there already keeps its mode.
 */
export async function prepareHome(home: Home): Promise<void> {
  const { services, artefacts, results, repositories, assets, logs, edge, keys, compiled } = home;
  await makeDirectories({
    shared: [home.root, home.postgres, home.slots, home.builds, home.toolchain],
    own: [services, artefacts, results, repositories, assets, logs, edge, keys, compiled],
  });
}

/** Makes directories that unprivileged processes must pass, and others that are for Kova alone, as in its home. */
export async function makeDirectories({ shared, own }: Record<'shared' | 'own', readonly string[]>): Promise<void> {
  const passable = process.getuid?.() === 0 ? enterable : privateMode;
  for (const path of shared) await make(path, passable);
  for (const path of own) await make(path, privateMode);
}

async function make(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await chmod(at, mode);
}
