import { type Catalogue, defineCommands } from '../catalogue.ts';
import type { Definition } from '../definition.ts';

const commands: Catalogue = {
  connect: async () => (await import('./connect.ts')).connectCommand,
  show: async () => (await import('./show.ts')).showCommand,
  list: async () => (await import('./list.ts')).listCommand,
  disconnect: async () => (await import('./disconnect.ts')).disconnectCommand,
};

export const repositoryCommand: Definition = (program, cli, done, words) => {
  const repository = program.command('repository').description('the repository whose pushes begin work by themselves');
  return defineCommands(repository, commands, words, cli, done);
};
