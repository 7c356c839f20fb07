import { type Command, InvalidArgumentError } from 'commander';
import type { Place } from '../check.ts';

/** Adds one check to the program. */
export type Definition = (program: Command, place: Place) => void;

/** What every check has: a description and an example in its help. */
export function documented(command: Command, description: string, ...examples: string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`).join('\n');
  return command.description(description).addHelpText('after', `\nExample:\n${lines}`);
}

/** An option that may be given several times; the first replaces the default. */
export function several(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** An option that takes a number in a range. */
export function numberIn(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Write a number from ${from} to ${to}.`);
  };
}

/** An option that takes a whole number in a range. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  const parse = numberIn(from, to);
  return (text) => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError(`Write a whole number from ${from} to ${to}.`);
  };
}
