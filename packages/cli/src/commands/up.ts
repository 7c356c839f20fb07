import { launchControl } from '@kova/control/launch';
import { formatDuration } from '@kova/core/config/duration';
import { type Definition, documented } from './definition.ts';

export const upCommand: Definition = (program, cli, done) => {
  const command = program.command('up');
  documented(command, 'start the control plane, the edge and the databases; what runs already is adopted', 'kova up');
  command.action(async () => {
    const { url, edge, home, pid, adopted, startedInMs } = await launchControl({ env: cli.env });
    const how = adopted ? 'runs already' : `started in ${formatDuration(startedInMs)}`;
    const lines = [`Kova ${how}.`, `  API    ${url}`, `  edge   ${edge}`, `  state  ${home}`, 'Next: kova ship'];
    done({ view: { url, edge, home, pid, adopted, startedInMs }, text: lines.join('\n') });
  });
};
