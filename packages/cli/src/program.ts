import { Command } from 'commander';
import type { Cli, Result } from './cli.ts';
import { abortCommand } from './commands/abort.ts';
import { approveCommand } from './commands/approve.ts';
import { attachCommand } from './commands/attach.ts';
import type { Definition } from './commands/definition.ts';
import { deployCommand } from './commands/deploy.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { initCommand } from './commands/init.ts';
import { logsCommand } from './commands/logs.ts';
import { metricsCommand } from './commands/metrics.ts';
import { pipelineCommand } from './commands/pipeline/pipeline.ts';
import { promoteCommand } from './commands/promote.ts';
import { releaseCommand } from './commands/release.ts';
import { renderCommand } from './commands/render.ts';
import { repositoryCommand } from './commands/repository/repository.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { secretsCommand } from './commands/secrets/secrets.ts';
import { shipCommand } from './commands/ship.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { workerCommand } from './commands/worker/worker.ts';

const commands: readonly Definition[] = [
  initCommand,
  upCommand,
  downCommand,
  workerCommand,
  shipCommand,
  attachCommand,
  pipelineCommand,
  secretsCommand,
  renderCommand,
  deployCommand,
  promoteCommand,
  approveCommand,
  rollbackCommand,
  abortCommand,
  statusCommand,
  logsCommand,
  releaseCommand,
  repositoryCommand,
  metricsCommand,
  doctorCommand,
];

/** The whole command line; `done` is given what the command that ran came to. */
export function createProgram(cli: Cli, done: (result: Result) => void): Command {
  const program = new Command('kova')
    .description('Takes a commit of a web app and makes it live without fear.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.out.write(text),
      writeErr: (text) => cli.json || cli.err.write(text),
    });
  for (const define of commands) define(program, cli, done);
  return program;
}
