import type { Command } from 'commander';
import type { Cli, Result } from '../cli.ts';
import type { Definition } from './definition.ts';

/** Commands by name, in the order of the help, each with what loads its definition. */
export type Catalogue = Readonly<Record<string, () => Promise<Definition>>>;

/**
 * Adds those commands that the words ask for. Only the one that they begin with is loaded, which terminals and scripts
 * notice; all when they begin with none, as for help or a word that is mistyped.
 */
export async function defineCommands(
  program: Command,
  commands: Catalogue,
  [first = '', ...rest]: readonly string[],
  cli: Cli,
  done: (result: Result) => void,
): Promise<void> {
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  const loading = (named ? [named] : Object.values(commands)).map((load) => load());
  for (const define of await Promise.all(loading)) await define(program, cli, done, named ? rest : []);
}
