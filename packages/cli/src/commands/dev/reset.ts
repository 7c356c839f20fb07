import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { resetDevelopment, resettable } from '@kova/control/dev/reset';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Command } from 'commander';
import type { Cli, Result } from '../../cli.ts';
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
      if (!yes && !(await agreed(cli, `Remove the databases, logs and certificate in ${data}? [y/N] `))) {
        return done({ view: { removed: null }, text: 'Nothing was removed.' });
      }
      const removed = await resetDevelopment(directory);
      done({ view: { removed }, text: `Removed ${removed}; the next \`kova dev\` begins anew. The env file stays.` });
    });
}

/** Asks the person at the terminal. @throws KovaError INPUT_INVALID where there is none */
async function agreed({ json, err }: Cli, question: string): Promise<boolean> {
  if (json || !process.stdin.isTTY) {
    throw new KovaError('INPUT_INVALID', 'there is nobody to ask whether data may be removed', {
      next: 'Pass --yes to remove them.',
    });
  }
  const asking = createInterface({ input: process.stdin, output: err });
  try {
    return /^y(es)?$/i.test((await asking.question(question)).trim());
  } finally {
    asking.close();
  }
}
