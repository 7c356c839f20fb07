import { runtimeConformance } from '../runtime.conformance.ts';
import type { ProcessRuntime } from './process-runtime.ts';
import { markedBy } from './system/processes.ts';
import { openWorkshop } from './testing/workshop.ts';

runtimeConformance('process', async () => {
  const workshop = await openWorkshop();
  let current: ProcessRuntime = await workshop.open();
  return {
    runtime: current,
    directory: workshop.directory,
    env: { ...workshop.env, PWD_OF_TEST: workshop.directory },
    reopen: async () => {
      current.close();
      current = await workshop.open();
      return current;
    },
    leftovers: async (slot) =>
      [...markedBy('KOVA_INSTANCE').values()].filter((instance) => instance.startsWith(`${slot}/`)).length,
    close: workshop.close,
  };
});
