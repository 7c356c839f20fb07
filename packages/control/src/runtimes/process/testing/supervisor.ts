// A control plane that does nothing but run one slot; started by tests to be killed.
import { createProcessRuntime } from '../process-runtime.ts';

const { options, spec } = JSON.parse(process.argv[2] ?? '');
const runtime = await createProcessRuntime(options);
console.log('starting');
await runtime.start(spec);
const { outcome } = await runtime.awaitReady(spec.slot, 20_000);
console.log(outcome);
if (process.argv[3] === 'stop') {
  console.log('stopping');
  await runtime.stop(spec.slot);
}
setInterval(() => {}, 1000);
