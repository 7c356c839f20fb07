import type { Environment } from '../environment.ts';
import { part } from '../event.ts';
import { choosePort } from '../prepare/ports.ts';
import { developmentApp } from './app.ts';
import { followChanges } from './follow-changes.ts';

const usualPort = 3000;

/** Starts the app and waits until it is ready; it follows changes of its configuration from then on. Returns its port. */
export function startApp(
  environment: Environment,
  wanted: number | null,
  ending: AsyncDisposableStack,
): Promise<number> {
  return part(environment.emit, 'app', async () => {
    const wish = { what: 'app', wanted, usual: usualPort, option: '--port' };
    const port = await choosePort(wish, (text) => environment.note('app', text));
    const app = await developmentApp(environment, port);
    const over = new AbortController();
    ending.defer(() => app.stop());
    const following = followChanges(environment, app, over.signal);
    ending.defer(async () => {
      over.abort();
      await following;
    });
    const stop = () => void app.stop();
    environment.signal.addEventListener('abort', stop, { once: true });
    return { about: await app.start(), value: port };
  });
}
