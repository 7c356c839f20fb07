import { type Check, runChecks } from '../doctor/checks.ts';
import { type Definition, documented } from './definition.ts';

export const doctorCommand: Definition = (program, cli, done) => {
  const command = program.command('doctor');
  documented(command, 'check what Kova needs, and say what to do', 'kova doctor');
  command.action(async () => {
    const checks = await runChecks(cli.env);
    const view = { ok: checks.every(({ ok }) => ok), checks };
    done({ view, text: checks.map(line).join('\n'), exitCode: view.ok ? 0 : 1 });
  });
};

function line({ name, ok, found, next }: Check): string {
  return `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)}  ${found}${ok ? '' : `\n      → ${next}`}`;
}
