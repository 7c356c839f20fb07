import { type Catalogue, defineCommands } from '../catalogue.ts';
import type { Definition } from '../definition.ts';

const commands: Catalogue = {
  list: async () => (await import('./list.ts')).listCommand,
  show: async () => (await import('./show.ts')).showCommand,
  renew: async () => (await import('./renew.ts')).renewCommand,
  ca: async () => (await import('./ca.ts')).caCommand,
};

export const certificateCommand: Definition = (program, cli, done, words) => {
  const certificate = program.command('certificate').description('what the edge serves https with');
  return defineCommands(certificate, commands, words, cli, done);
};
