import type { Definition } from '../definition.ts';
import { cancelCommand } from './cancel.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { runCommand } from './run.ts';
import { showCommand } from './show.ts';

export const pipelineCommand: Definition = (program, cli, done) => {
  const pipeline = program.command('pipeline').description('what proves a commit before it is released');
  for (const define of [runCommand, listCommand, showCommand, logsCommand, cancelCommand]) define(pipeline, cli, done);
};
