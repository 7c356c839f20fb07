import { launchControl } from '@kova/control/launch';
import { formatDuration } from '@kova/core/config/duration';
import { type Definition, documented, wholeNumber } from './definition.ts';

export const upCommand: Definition = (program, cli, done) => {
  const command = program.command('up');
  documented(command, 'start the control plane, the edge and the databases; what runs already is adopted', 'kova up');
  command.option(
    '--jobs <n>',
    "jobs that it runs itself at a time; default: the machine's cores",
    wholeNumber(0, 1000),
  );
  command.action(async ({ jobs }: { jobs?: number }) => {
    const env = jobs === undefined ? cli.env : { ...cli.env, KOVA_JOBS: String(jobs) };
    const { url, edge, edgeTls, home, pid, adopted, startedInMs } = await launchControl({ env });
    const how = adopted ? 'runs already' : `started in ${formatDuration(startedInMs)}`;
    const lines = [
      `Kova ${how}.`,
      `  API    ${url}`,
      `  edge   ${[edge, edgeTls].filter(Boolean).join(', ')}`,
      `  state  ${home}`,
      'Next: kova ship',
    ];
    done({ view: { url, edge, edgeTls, home, pid, adopted, startedInMs }, text: lines.join('\n') });
  });
};
