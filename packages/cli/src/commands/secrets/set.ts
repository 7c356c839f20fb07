import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { connect } from '../../api/connect.ts';
import type { Cli } from '../../cli.ts';
import { askHidden } from '../../input/hidden.ts';
import { findProject, secretsPath } from '../../project/project.ts';
import { personHere } from '../act.ts';
import { type Definition, documented, withProject } from '../definition.ts';

interface Options {
  project?: string;
  fromFile?: string;
}

export const setCommand: Definition = (program, cli, done) => {
  const command = program.command('set');
  documented(
    command,
    'set a secret, from a file or from what is typed or piped in',
    'kova secrets set NPM_TOKEN',
    'kova secrets set DEPLOY_KEY --from-file ~/.ssh/deploy',
  );
  withProject(command)
    .argument('<name>', 'by which jobs and environments ask for it')
    .option('--from-file <file>', 'the value, byte for byte; else stdin, without the line end after it')
    .action(async (name: string, options: Options) => {
      const client = await connect(cli.env);
      const path = secretsPath(await findProject(cli, client, options.project));
      const value = await readValue(cli, name, options.fromFile);
      const view = await client.post<{ name: string }>(path, { name, value: value.reveal(), by: personHere() });
      const jobs = 'Jobs that name it under `secrets` find it, and those that did before run again.';
      const environments = 'Environments find it from their next deployment or `kova apply` on.';
      const said = `${name} is set. ${jobs} ${environments}`;
      done({ view, text: said });
    });
};

async function readValue(cli: Cli, name: string, file: string | undefined): Promise<Secret> {
  if (file === undefined) {
    const value = process.stdin.isTTY ? await askHidden(`${name}: `, cli.err) : await text(process.stdin);
    return new Secret(value.replace(/\r?\n$/, ''));
  }
  const value = await readFile(resolve(cli.cwd, file), 'utf8').catch((cause: Error) => {
    throw new KovaError('INPUT_INVALID', `the file cannot be read: ${cause.message}`, { next: 'Check --from-file.' });
  });
  return new Secret(value);
}
