import { z } from 'zod';

/** Characters that only a shell would understand; a command is never given to one. */
const shellSyntax = /[|&;<>$`\\(){}*?#~\n]/;

const word = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;
const quoted = /"([^"]*)"|'([^']*)'/g;
/** `NODE_ENV=production node server.js`: only a shell would take the first word for a variable. */
const assignment = /^[A-Za-z_]\w*=/;

/** The argv of a command line with plain or quoted words; null when it needs a shell. */
export function parseCommand(line: string): string[] | null {
  const words = line.match(word) ?? [];
  const rest = line.replaceAll(word, '').trim();
  if (shellSyntax.test(line) || words.length === 0 || rest !== '' || assignment.test(words[0] ?? '')) return null;
  return words.map((text) => text.replaceAll(quoted, '$1$2'));
}

/** A command in the configuration: `npm run build`, or the argv itself; never a shell line. */
export const command = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .transform((value, context) => {
    const argv = typeof value === 'string' ? parseCommand(value) : value;
    if (argv === null) {
      context.addIssue(`"${value}" needs a shell; write one program with its arguments, or an npm script`);
      return z.NEVER;
    }
    return argv;
  })
  .meta({ description: 'a program and its arguments: `npm run build`, or ["npm", "run", "build"]; no shell syntax' });
