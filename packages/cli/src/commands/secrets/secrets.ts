import { type Catalogue, defineCommands } from '../catalogue.ts';
import type { Definition } from '../definition.ts';

const commands: Catalogue = {
  set: async () => (await import('./set.ts')).setCommand,
  list: async () => (await import('./list.ts')).listCommand,
  remove: async () => (await import('./remove.ts')).removeCommand,
};

export const secretsCommand: Definition = (program, cli, done, words) => {
  const secrets = program.command('secrets').description('what jobs and environments are given and nobody is shown');
  return defineCommands(secrets, commands, words, cli, done);
};
