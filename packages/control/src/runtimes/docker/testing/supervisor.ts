// A control plane that does nothing but run one slot in containers; started by tests to be killed.
import { Secret } from '@kova/core/secret';
import { engineClient } from '../../../engine/client.ts';
import { createDockerRuntime } from '../docker-runtime.ts';

const { host, homeId, options, spec } = JSON.parse(process.argv[2] ?? '');
const runtime = await createDockerRuntime({
  ...options,
  ...{ engine: engineClient({ DOCKER_HOST: host }), homeId: new Secret(homeId) },
  asOf: () => ({ uid: 70_123, gid: 70_123 }),
});
console.log('starting');
await runtime.start(spec);
const { outcome } = await runtime.awaitReady(spec.slot, 20_000);
console.log(outcome);
if (process.argv[3] === 'stop') {
  console.log('stopping');
  await runtime.stop(spec.slot);
}
setInterval(() => {}, 1000);
