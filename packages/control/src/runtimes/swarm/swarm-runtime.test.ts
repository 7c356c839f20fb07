import { runtimeConformance } from '../runtime.conformance.ts';
import { openPier } from './testing/pier.ts';

runtimeConformance('swarm', async () => {
  const pier = await openPier(1);
  let current = await pier.open();
  return {
    runtime: current,
    directory: pier.directory,
    env: {},
    reopen: async () => {
      current.close();
      current = await pier.open();
      return current;
    },
    leftovers: pier.leftovers,
    close: pier.close,
  };
});
