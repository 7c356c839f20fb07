import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StatusView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';
import type { Cli } from '../cli.ts';
import { nameInConfig } from './name.ts';

/** The project meant: the one named, else that of kova.config.ts, else the only one. @throws KovaError INPUT_INVALID */
export async function findProject(cli: Cli, client: Client, named: string | undefined): Promise<string> {
  const known = named ?? (await nameHere(cli.cwd));
  if (known) return known;
  const { projects } = await client.get<StatusView>('/v1/status');
  const [only, ...others] = projects.map(({ name }) => name);
  if (only && others.length === 0) return only;
  const there = only ? `there are ${[only, ...others].join(', ')}` : 'there is none yet';
  const next = only ? 'Name one with --project.' : 'Ship one: run `kova ship` in its repository.';
  throw new KovaError('INPUT_INVALID', `it is not clear which project is meant: ${there}`, { next });
}

/** The path of a project's environment in the API. */
export function environmentPath(project: string, environment: string): string {
  return `/v1/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}`;
}

/** The path of a project's secrets in the API. */
export function secretsPath(project: string): string {
  return `/v1/projects/${encodeURIComponent(project)}/secrets`;
}

/** Looks upward as far as the top of the repository. */
async function nameHere(directory: string): Promise<string | null> {
  const source = await readFile(join(directory, 'kova.config.ts'), 'utf8').catch(() => null);
  if (source !== null) return nameInConfig(source);
  const above = dirname(directory);
  if (above === directory || (await exists(join(directory, '.git')))) return null;
  return nameHere(above);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
