import { type Command, InvalidArgumentError } from 'commander';
import type { Cli, Result } from '../cli.ts';

/** Adds one command to the program; `words` are those that come after its name on the command line. */
export type Definition = (
  program: Command,
  cli: Cli,
  done: (result: Result) => void,
  words: readonly string[],
) => void | Promise<void>;

/** What every command has: a description, `--json`, and an example in its help. */
export function documented(command: Command, description: string, ...examples: string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`).join('\n');
  return command
    .description(description)
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExample:\n${lines}`);
}

export function withProject(command: Command): Command {
  return command.option('--project <name>', 'default: the name in kova.config.ts, or the only project there is');
}

export function withDetach(command: Command): Command {
  return command.option('--detach', 'return at once; the work goes on');
}

/** Which commit of which repository. */
export function withCommitOptions(command: Command): Command {
  return command
    .option('--commit <rev>', 'which commit; default HEAD, of a tree without changes')
    .option('--allow-dirty', 'take HEAD without the changes that are not committed')
    .option('--project <name>', 'default: the name in kova.config.ts')
    .option('--dir <dir>', 'the repository; default: the one you are in');
}

/** An option that takes a whole number in a range. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Write a whole number from ${from} to ${to}.`);
  };
}
