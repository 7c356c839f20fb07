import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import { isExecutable } from '../../commands/is-there.ts';
import { findProgram } from '../../pipeline/furnish/programs.ts';

/** What this machine has of what the project needs. */
export interface Found {
  /** Null when the project can do without and there is none, or an existing one is used. */
  redisServer: string | null;
  about: string;
}

/**
 * Looks for the programs and files that the environment needs before anything is started.
 * @throws KovaError PREREQUISITE_MISSING
 */
export async function checkPrerequisites(
  project: string,
  config: ProjectConfig,
  note: (text: string) => void,
): Promise<Found> {
  const [program = '', ...args] = config.app.dev ?? config.app.start;
  await checkCommand(project, [program, ...args]);
  const redisServer = await findRedis(config, note);
  const programs = new Set([program, ...(redisServer ? ['redis-server'] : [])].filter((name) => name !== 'node'));
  return { redisServer, about: [`Node ${process.versions.node}`, ...programs].join(', ') };
}

async function findRedis({ services }: ProjectConfig, note: (text: string) => void): Promise<string | null> {
  const redis = Object.values(services).find((service) => service.kind === 'redis');
  if (!redis || redis.url) return null;
  const program = await findProgram('redis-server');
  if (program) return program;
  const missing = 'redis-server is not installed';
  const next = 'Install it, for example with `apt-get install redis-server` or `brew install redis`.';
  if (!redis.optional) throw new KovaError('PREREQUISITE_MISSING', missing, { next });
  note(`${missing}; the app can do without it and gets no REDIS_URL. ${next}`);
  return null;
}

async function checkCommand(project: string, argv: readonly string[]): Promise<void> {
  const [program = '', run, script = ''] = argv;
  if (program === 'npm' && run === 'run') return checkScript(project, script);
  const own = program.includes('/') && (await isExecutable(join(project, program)));
  if (own || program === 'node' || (await findProgram(program))) return;
  throw new KovaError('PREREQUISITE_MISSING', `\`${program}\`, which starts the app, is not on the PATH`, {
    next: 'Install it, or set app.dev in kova.config.ts.',
  });
}

async function checkScript(project: string, script: string): Promise<void> {
  const next = `Add a script "${script}" to package.json, or set app.dev in kova.config.ts.`;
  const text = await readFile(join(project, 'package.json'), 'utf8').catch(() => {
    throw new KovaError('PREREQUISITE_MISSING', `there is no package.json in ${project}`, { next });
  });
  if (scriptsOf(text)?.[script] !== undefined) return;
  throw new KovaError('PREREQUISITE_MISSING', `package.json has no script "${script}", which starts the app`, { next });
}

function scriptsOf(text: string): Record<string, string> | undefined {
  try {
    return JSON.parse(text).scripts;
  } catch (cause) {
    throw new KovaError('PREREQUISITE_MISSING', 'package.json is not JSON', { cause, next: 'Correct it.' });
  }
}
