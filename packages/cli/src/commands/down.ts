import { stopControl } from '@kova/control/launch';
import { type Definition, documented } from './definition.ts';

export const downCommand: Definition = (program, cli, done) => {
  const command = program.command('down');
  documented(command, 'stop Kova, its apps, the edge and the databases', 'kova down', 'kova down --keep-apps');
  command
    .option('--keep-apps', 'stop the control plane alone; apps, edge and databases go on serving')
    .action(async ({ keepApps = false }: { keepApps?: boolean }) => {
      const { stopped } = await stopControl({ env: cli.env, apps: !keepApps });
      const idle = 'The control plane was not running. Should apps or the edge go on: kova up, then kova down.';
      const what = keepApps ? 'The control plane is stopped; apps and edge go on.' : 'Kova is stopped.';
      done({ view: { stopped }, text: stopped ? what : idle });
    });
};
