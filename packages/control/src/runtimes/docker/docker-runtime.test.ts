import { runtimeConformance } from '../runtime.conformance.ts';
import { openYard } from './testing/yard.ts';

runtimeConformance('docker', async () => {
  const yard = await openYard();
  let current = await yard.open();
  return {
    runtime: current,
    directory: yard.directory,
    env: {},
    reopen: async () => {
      current.close();
      current = await yard.open();
      return current;
    },
    leftovers: async (slot) =>
      (await yard.containers()).filter(({ instance }) => instance.startsWith(`${slot}/`)).length,
    close: yard.close,
  };
});
