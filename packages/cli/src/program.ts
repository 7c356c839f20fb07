import { Command } from 'commander';
import type { Cli, Result } from './cli.ts';
import { type Catalogue, defineCommands } from './commands/catalogue.ts';

const commands: Catalogue = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  up: async () => (await import('./commands/up.ts')).upCommand,
  dev: async () => (await import('./commands/dev/dev.ts')).devCommand,
  down: async () => (await import('./commands/down.ts')).downCommand,
  server: async () => (await import('./commands/server.ts')).serverCommand,
  edge: async () => (await import('./commands/edge.ts')).edgeCommand,
  follow: async () => (await import('./commands/follow.ts')).followCommand,
  worker: async () => (await import('./commands/worker/worker.ts')).workerCommand,
  ship: async () => (await import('./commands/ship.ts')).shipCommand,
  attach: async () => (await import('./commands/attach.ts')).attachCommand,
  pipeline: async () => (await import('./commands/pipeline/pipeline.ts')).pipelineCommand,
  secrets: async () => (await import('./commands/secrets/secrets.ts')).secretsCommand,
  render: async () => (await import('./commands/render.ts')).renderCommand,
  deploy: async () => (await import('./commands/deploy.ts')).deployCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  apply: async () => (await import('./commands/apply.ts')).applyCommand,
  promote: async () => (await import('./commands/promote.ts')).promoteCommand,
  approve: async () => (await import('./commands/approve.ts')).approveCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  abort: async () => (await import('./commands/abort.ts')).abortCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  logs: async () => (await import('./commands/logs.ts')).logsCommand,
  exec: async () => (await import('./commands/exec.ts')).execCommand,
  release: async () => (await import('./commands/release.ts')).releaseCommand,
  repository: async () => (await import('./commands/repository/repository.ts')).repositoryCommand,
  certificate: async () => (await import('./commands/certificate/certificate.ts')).certificateCommand,
  metrics: async () => (await import('./commands/metrics.ts')).metricsCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** The command line, of it what `argv` asks for; `done` is given what the command that ran came to. */
export async function createProgram(
  cli: Cli,
  argv: readonly string[],
  done: (result: Result) => void,
): Promise<Command> {
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
  const isVersion = argv[0] === '--version' || argv[0] === '-V';
  if (!isVersion) await defineCommands(program, commands, argv, cli, done);
  return program;
}
