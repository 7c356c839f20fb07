import { type Catalogue, defineCommands } from '../catalogue.ts';
import type { Definition } from '../definition.ts';

const commands: Catalogue = {
  run: async () => (await import('./run.ts')).runCommand,
  list: async () => (await import('./list.ts')).listCommand,
  show: async () => (await import('./show.ts')).showCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
};

export const pipelineCommand: Definition = (program, cli, done, words) => {
  const pipeline = program.command('pipeline').description('what proves a commit before it is released');
  return defineCommands(pipeline, commands, words, cli, done);
};
