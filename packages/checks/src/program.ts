import { Command } from 'commander';
import type { Place } from './check.ts';
import { auditCommand } from './commands/audit.ts';
import { browserCommand } from './commands/browser.ts';
import { bundleCommand } from './commands/bundle.ts';
import type { Definition } from './commands/definition.ts';
import { lighthouseCommand } from './commands/lighthouse.ts';
import { loadCommand } from './commands/load.ts';
import { securityCommand } from './commands/security.ts';
import { smokeCommand } from './commands/smoke.ts';

const commands: readonly Definition[] = [
  auditCommand,
  bundleCommand,
  smokeCommand,
  loadCommand,
  lighthouseCommand,
  securityCommand,
  browserCommand,
];

const exitCodes = `
Exit codes:
  0  checked; what was found is in the reports
  1  the check broke
  3  it could not be checked here; the last line on stderr says why and what to do`;

/** The command line of the checks. */
export function createProgram(place: Place): Command {
  const program = new Command('kova-check')
    .description('Checks the web app in this directory, or at BASE_URL, and writes reports.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', exitCodes);
  for (const define of commands) define(program, place);
  return program;
}
