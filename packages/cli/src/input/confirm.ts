import { createInterface } from 'node:readline/promises';

/** Asks at the terminal; anything but `yes` is no. */
export async function confirm(question: string, output: NodeJS.WritableStream): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output });
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return (await Promise.race([lines.question(question), closed])).trim() === 'yes';
  } finally {
    lines.close();
  }
}
