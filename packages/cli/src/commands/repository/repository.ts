import type { Definition } from '../definition.ts';
import { connectCommand } from './connect.ts';
import { disconnectCommand } from './disconnect.ts';
import { listCommand } from './list.ts';
import { showCommand } from './show.ts';

export const repositoryCommand: Definition = (program, cli, done) => {
  const repository = program.command('repository').description('the repository whose pushes begin work by themselves');
  for (const define of [connectCommand, showCommand, listCommand, disconnectCommand]) define(repository, cli, done);
};
