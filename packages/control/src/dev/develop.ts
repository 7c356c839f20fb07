import { once } from 'node:events';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { isDiskFull } from '../artefacts/disk-full.ts';
import { prepareToolchain } from '../build/toolchain.ts';
import { evaluateTree } from '../evaluate.ts';
import { bringUp } from './bring-up.ts';
import { Environment } from './environment.ts';
import { type Place, placeOf, preparePlace, takeOver } from './place.ts';
import type { DevelopRequest } from './request.ts';

const next = 'Free some space, then run `kova dev` again; `kova dev reset` gives back what its data take.';

export type { DevelopRequest } from './request.ts';

/**
 * The development environment of a project, from nothing to ready, and until `request.signal` aborts. Whatever it has
 * started has ended when this settles; data stay.
 * @throws KovaError what keeps it from becoming ready
 */
export async function develop(request: DevelopRequest): Promise<void> {
  const startedAt = performance.now();
  const { emit, signal } = request;
  const place = await placeOf(request.directory);
  await preparePlace(place);
  await using ending = new AsyncDisposableStack();
  ending.defer(await takeOver(place));
  try {
    const environment = await openEnvironment(request, place);
    const addresses = await bringUp(environment, request.ports, ending);
    emit({ type: 'ready', addresses, ms: performance.now() - startedAt });
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw await explained(error, place);
  } finally {
    emit({ type: 'stopping' });
  }
}

async function openEnvironment(request: DevelopRequest, place: Place): Promise<Environment> {
  const [toolchain, config] = await Promise.all([
    prepareToolchain(place.home.toolchain, null, request.env),
    evaluateTree(place.project),
  ]);
  return new Environment(place, config, toolchain, request);
}

/** Of what a program prints that finds no space, that one line counts; some say nothing. */
async function explained(error: unknown, { root }: Place): Promise<unknown> {
  const { message } = reportOf(error);
  const said = message.split('\n').find((line) => /no space left|ENOSPC/i.test(line));
  if (!said && !(await isDiskFull(root))) return error;
  return new KovaError('DISK_FULL', `no space is left in ${root}: ${said ?? message}`, { next, cause: error });
}
