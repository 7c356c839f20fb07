import type { Secret } from '@kova/core/secret';
import type { BuildDirectory } from '../../build/directory.ts';
import type { Confines } from '../../commands/confine/confines.ts';
import type { Home } from '../../home/home.ts';
import type { JobRequest } from '../../ports/job-runner.ts';
import { scratchDatabase } from '../../services/postgres/scratch.ts';
import { findBrowser } from './programs.ts';
import { addRedis } from './redis.ts';
import { addServedApp } from './serve.ts';
import { NotRunnable, type Surroundings } from './surroundings.ts';

interface Place {
  directory: BuildDirectory;
  onLine: (line: string) => void;
}

/**
 * Gives a job the services of its own and the browser that it asks for; they need nothing of its commit.
 * @throws NotRunnable
 */
export async function furnish(around: Surroundings, home: Home, request: JobRequest, place: Place): Promise<void> {
  const { job } = request.job;
  around.add(addressed(request.target), nothing);
  if (job.browser) await addBrowser(around);
  if (job.services.includes('postgres')) {
    const database = await scratchDatabase(home, request.project);
    around.add({ DATABASE_URL: database.url }, () => database.drop());
  }
  if (job.services.includes('redis')) await addRedisUnlessOptional(around, request, place);
}

/**
 * Gives a job that wants it the built app, which uses its services. @throws KovaError that says what kept the app from
 * starting
 */
export async function furnishApp(
  around: Surroundings,
  { config, job: { job }, signal }: JobRequest,
  place: Place & { confines: Confines; env: Record<string, string | Secret> },
): Promise<void> {
  if (job.serve) around.add(addressed(await addServedApp(around, { ...place, config, signal })), nothing);
}

const nothing = async () => {};

/** `KOVA_TARGET` is all that load may be put on: nothing where there is no app. */
function addressed(target: string | null): Record<string, string> {
  return target === null ? { KOVA_TARGET: '' } : { KOVA_TARGET: target, BASE_URL: target };
}

async function addBrowser(around: Surroundings): Promise<void> {
  const browser = await findBrowser();
  if (!browser) throw new NotRunnable('there is no Chromium; try `apt-get install chromium`, or set CHROME_PATH');
  around.add({ CHROME_PATH: browser }, nothing);
}

/** An app that can do without its Redis is tested without one where there is none, and the log says so. */
async function addRedisUnlessOptional(
  around: Surroundings,
  { config }: JobRequest,
  { directory, onLine }: Place,
): Promise<void> {
  const optional = Object.values(config.services).every((service) => service.kind !== 'redis' || service.optional);
  await addRedis(around, directory, directory.id).catch((error: unknown) => {
    if (!optional || !(error instanceof NotRunnable)) throw error;
    onLine(`note: without Redis, which is optional: ${error.message}`);
  });
}
