import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks at a terminal for one line, which is not shown. Ctrl-C and Ctrl-D give an empty one. */
export function askHidden(question: string, out: Writable): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  out.write(question);
  return new Promise((resolve) => {
    let answer = '';
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      out.write('\n');
      resolve(answer);
    });
  });
}
