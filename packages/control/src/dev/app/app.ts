import { developmentCommand } from '@kova/core/development/command';
import type { Environment } from '../environment.ts';
import { KeptProcess } from '../kept-process.ts';
import { logOf } from '../logs.ts';
import { appReady } from './ready.ts';

const host = '127.0.0.1';
const longestGraceMs = 5000;

/** The app in development on a port of loopback, started as the environment says at that time. Not started yet. */
export async function developmentApp(environment: Environment, port: number): Promise<KeptProcess> {
  const { place, emit } = environment;
  const log = await logOf(place, 'app');
  return new KeptProcess({
    part: 'app',
    command: () => ({
      argv: developmentCommand(environment.config.app, { host, port }),
      env: { ...environment.variables('app'), PORT: String(port), HOST: host, HOSTNAME: host },
    }),
    cwd: place.project,
    graceMs: Math.min(environment.config.app.stopTimeout, longestGraceMs),
    ready: (signal) => {
      const late = (text: string) => environment.note('app', text);
      return appReady({ port, health: environment.config.app.health, launch: environment.mark('app'), late }, signal);
    },
    onLine: (line) => {
      log(line);
      emit({ type: 'line', part: 'app', line });
    },
    emit,
  });
}
