import { resolve } from 'node:path';
import { resetDevelopment, resettable } from '@kova/control/dev/reset';
import type { Command } from 'commander';
import type { Cli, Result } from '../../cli.ts';
import { confirm } from '../../input/confirm.ts';
import { documented } from '../definition.ts';

interface Options {
  dir?: string;
  yes?: boolean;
}

export function defineReset(parent: Command, cli: Cli, done: (result: Result) => void): void {
  const command = parent.command('reset');
  documented(command, 'remove the data of the development environment', 'kova dev reset', 'kova dev reset --yes');
  command
    .option('--dir <dir>', 'of the app; default: the one you are in')
    .option('--yes', 'do not ask')
    .action(async ({ dir, yes = false }: Options) => {
      const directory = resolve(cli.cwd, dir ?? '.');
      const data = await resettable(directory);
      const question = `Remove the databases, logs and certificate in ${data}?`;
      if (!yes && !(await confirm(cli, question, 'Pass --yes to remove them.'))) {
        return done({ view: { removed: null }, text: 'Nothing was removed.' });
      }
      const removed = await resetDevelopment(directory);
      done({ view: { removed }, text: `Removed ${removed}; the next \`kova dev\` begins anew. The env file stays.` });
    });
}
