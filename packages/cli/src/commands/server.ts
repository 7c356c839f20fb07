import { becomeControl } from '@kova/control/serve';
import { type Definition, documented } from './definition.ts';

export const serverCommand: Definition = (program, cli) => {
  const command = program.command('server');
  documented(
    command,
    'be the control plane, in the foreground, for a supervisor such as systemd or Docker; `kova up` does without one',
    'kova server',
    'KOVA_EDGE=external kova server',
  ).action(() => becomeControl(cli.env));
};
