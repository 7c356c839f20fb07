import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, routeOf, slotOf, startApp, startTestEdge } from '../testing/harness.ts';
import { ask } from '../testing/http.ts';

afterEach(cleanUp);

const canCheck = spawnSync('promtool', ['--version']).status === 0;

test.skipIf(!canCheck)('promtool, where it is installed, finds nothing wrong in the metrics', async () => {
  const [{ admin, port }, app] = await Promise.all([startTestEdge(), startApp('rel "1"\\')]);
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
  await ask(port);
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await admin.metrics(),
    encoding: 'utf8',
  });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
});
