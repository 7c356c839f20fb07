import { createInterface } from 'node:readline/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Cli } from '../cli.ts';

/**
 * Asks the person at the terminal; anything but `yes` is no.
 * @param next what to do where there is none
 * @throws KovaError INPUT_INVALID where there is none
 */
export async function confirm({ json, err }: Cli, question: string, next: string): Promise<boolean> {
  if (json || !process.stdin.isTTY) throw new KovaError('INPUT_INVALID', `nobody can be asked: ${question}`, { next });
  const lines = createInterface({ input: process.stdin, output: err });
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} Only "yes" is taken: `), closed]);
    return answer.trim() === 'yes';
  } finally {
    lines.close();
  }
}
