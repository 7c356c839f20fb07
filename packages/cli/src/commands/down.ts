import { homePath } from '@kova/control/home';
import { stopHome } from '@kova/control/stop';
import { namedSurvivors } from '../output/survivors.ts';
import { type Definition, documented } from './definition.ts';

export const downCommand: Definition = (program, cli, done) => {
  const command = program.command('down');
  documented(command, 'stop Kova, its apps, the edge and the databases', 'kova down', 'kova down --keep-apps');
  command
    .option('--keep-apps', 'stop the control plane alone; apps, edge and databases go on serving')
    .action(async ({ keepApps = false }: { keepApps?: boolean }) => {
      const stopped = await stopHome({ env: cli.env, apps: !keepApps });
      const all = `Kova is stopped: ${namedSurvivors(stopped)}.\nData stay; \`kova up\` starts all of it again.`;
      const text = keepApps ? 'The control plane is stopped; apps, edge and databases go on.' : all;
      const idle = `${keepApps ? 'No control plane' : 'Nothing'} of ${homePath(cli.env)} was running.`;
      done({ view: { stopped }, text: stopped.length > 0 ? text : idle });
    });
};
