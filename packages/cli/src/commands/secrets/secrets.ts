import type { Definition } from '../definition.ts';
import { listCommand } from './list.ts';
import { removeCommand } from './remove.ts';
import { setCommand } from './set.ts';

export const secretsCommand: Definition = (program, cli, done) => {
  const secrets = program.command('secrets').description('what jobs are given and nobody is shown');
  for (const define of [setCommand, listCommand, removeCommand]) define(secrets, cli, done);
};
