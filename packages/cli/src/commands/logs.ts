import type { Client } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import type { Cli } from '../cli.ts';
import { environmentPath, findProject } from '../project/project.ts';
import { type Definition, documented, wholeNumber, withProject } from './definition.ts';

interface LogLine {
  instance: string;
  stream: 'stdout' | 'stderr';
  text: string;
}

interface Options {
  project?: string;
  tail: number;
  follow?: boolean;
}

export const logsCommand: Definition = (program, cli, done) => {
  const command = program.command('logs');
  documented(command, 'show what the instances of an environment print', 'kova logs production --tail 50 --follow');
  withProject(command)
    .argument('<env>', 'the environment')
    .option('--tail <n>', 'how many lines to begin with', wholeNumber(0, 10_000), 100)
    .option('--follow', 'go on until Ctrl-C; with --json one JSON document a line')
    .action(async (environment: string, options: Options) => {
      const client = await connect(cli.env);
      const path = `${environmentPath(await findProject(cli, client, options.project), environment)}/logs`;
      if (options.follow) await printOn(cli, client, `${path}?tail=${options.tail}&follow=true`);
      else {
        const events = client.events<LogLine>(`${path}?tail=${options.tail}`, new AbortController().signal);
        const lines = await Array.fromAsync(events);
        done({ view: { lines }, text: lines.map(lineText).join('\n') });
      }
    });
};

async function printOn(cli: Cli, client: Client, path: string): Promise<void> {
  const leave = new AbortController();
  process.once('SIGINT', () => leave.abort());
  try {
    for await (const line of client.events<LogLine>(path, leave.signal)) {
      cli.out.write(`${cli.json ? JSON.stringify(line) : lineText(line)}\n`);
    }
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  }
}

/** `blue/0 | listening`: project and environment go without saying. */
function lineText({ instance, text }: LogLine): string {
  return `${instance.split('/').slice(-2).join('/')} | ${text}`;
}
