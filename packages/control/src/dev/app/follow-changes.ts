import { isDeepStrictEqual } from 'node:util';
import type { ProjectConfig } from '@kova/core/config/schema';
import { reportOf } from '@kova/core/errors/kova-error';
import { evaluateTree } from '../../evaluate.ts';
import type { Environment } from '../environment.ts';
import type { KeptProcess } from '../kept-process.ts';
import { envFile } from '../prepare/env-file.ts';
import { watchFiles } from './watch.ts';

/** Starts the app anew when what it is started with has changed, or says what has to be done; until the signal aborts. */
export async function followChanges(environment: Environment, app: KeptProcess, signal: AbortSignal): Promise<void> {
  const changed = async (name: string) => {
    if (name === envFile) await environment.readEnvFile();
    else if (!(await takeConfig(environment))) return;
    environment.note('app', `${name} has changed: the app is started anew`);
    app.restart();
  };
  await watchFiles(environment.place.project, ['kova.config.ts', envFile], changed, signal).catch((error: Error) => {
    environment.note('app', `changes of kova.config.ts and ${envFile} are not followed any more: ${error.message}`);
  });
}

/** Whether the app must be started anew for the new configuration. One that is wrong changes nothing. */
async function takeConfig(environment: Environment): Promise<boolean> {
  const had = environment.config;
  try {
    environment.config = await evaluateTree(environment.place.project);
  } catch (error) {
    environment.note('app', `${reportOf(error).message}\nThe app goes on as it was.`);
    return false;
  }
  if (!isDeepStrictEqual(had.services, environment.config.services)) {
    environment.note(
      'app',
      'the services in kova.config.ts have changed: end this with Ctrl-C and run `kova dev` again',
    );
  }
  return !isDeepStrictEqual(whatCounts(had), whatCounts(environment.config));
}

function whatCounts({ name, app, environments }: ProjectConfig): unknown {
  return [name, app.dev, app.start, app.health, environments.development?.env];
}
