import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RepositoryView } from '@kova/control/api';
import { parseDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import { InvalidArgumentError, Option } from 'commander';
import { connect } from '../../api/connect.ts';
import type { Cli } from '../../cli.ts';
import { projectPath } from '../../git/send.ts';
import { findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

interface Options {
  project?: string;
  provider?: RepositoryView['provider'];
  branch?: string[];
  prove: string[];
  pullRequests: RepositoryView['pullRequests'];
  poll?: number;
  secretFile?: string;
  tokenFile?: string;
  api?: string;
  link?: string;
}

const known: Readonly<Record<string, RepositoryView['provider']>> = { 'github.com': 'github', 'gitlab.com': 'gitlab' };

export const connectCommand: Definition = (program, cli, done) => {
  const command = program.command('connect');
  documented(
    command,
    'let pushes to a repository begin work by themselves',
    'kova repository connect https://github.com/ada/shop --token-file token',
    "kova repository connect git@git.example.org:ada/shop.git --provider gitea --prove '*' --pull-requests own",
    'kova repository connect https://git.example.org/shop.git --provider git --poll 1m',
  );
  withProject(command)
    .argument('<url>', 'of the repository: https, ssh or file')
    .addOption(
      new Option('--provider <name>', 'who hosts it; known for github.com and gitlab.com').choices([
        ...['github', 'gitlab', 'gitea', 'git'],
      ]),
    )
    .option('--branch <name...>', 'a push to it is shipped; default: the default branch')
    .option('--prove <pattern...>', 'a push to it is proved and nothing more; * stands for anything', [])
    .addOption(
      new Option('--pull-requests <which>', 'prove those of the repository itself, or all')
        .choices(['none', 'own', 'all'])
        .default('none'),
    )
    .option('--poll <duration>', 'ask for new commits that often, 1m', readDuration)
    .option('--token-file <file>', 'a token to read the repository and write commit statuses; - is stdin')
    .option('--secret-file <file>', 'a secret of your own for the webhook; - is stdin. One is made otherwise')
    .option('--api <url>', "the provider's API, where it is not at its usual place")
    .option('--link <url>', 'where people reach Kova, for the links of commit statuses')
    .action(async (url: string, options: Options) => {
      const client = await connect(cli.env);
      const path = `${projectPath(await findProject(cli, client, options.project))}/repository`;
      const { repository, secret } = await client.post<{ repository: RepositoryView; secret: string | null }>(path, {
        ...{ url, provider: options.provider ?? providerOf(url), branches: options.branch ?? null },
        ...{ proved: options.prove, pullRequests: options.pullRequests, pollMs: options.poll ?? null },
        ...{ api: options.api ?? null, link: options.link ?? null },
        secret: await secretIn(cli, options.secretFile),
        token: await secretIn(cli, options.tokenFile),
      });
      done({ view: { repository, secret }, text: told(repository, secret) });
    });
};

function readDuration(value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new InvalidArgumentError('Write a duration such as 30s or 5m.');
  return ms;
}

function providerOf(url: string): RepositoryView['provider'] {
  const [, host = ''] = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^/:]+)/.exec(url) ?? [];
  const provider = known[host.toLowerCase()];
  if (provider) return provider;
  throw new KovaError('INPUT_INVALID', `it is not clear who hosts ${url}`, {
    next: 'Pass --provider github, gitlab or gitea (Forgejo, too); git for a server that only speaks git.',
  });
}

/** Never taken from the command line, where others can read it. */
async function secretIn(cli: Cli, file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  const content = file === '-' ? text(process.stdin) : readFile(resolve(cli.cwd, file), 'utf8');
  return (
    await content.catch((cause: Error) => {
      throw new KovaError('INPUT_INVALID', `the secret cannot be read: ${cause.message}`, { cause });
    })
  ).trim();
}

function told({ project, branches, hook, pollMs, hasToken }: RepositoryView, secret: string | null): string {
  const lines = [`${project} is connected: a push to ${branches.join(', ')} is shipped.`];
  if (hook !== null) {
    lines.push('', 'Add a webhook at the provider:', `  URL      https://<where people reach Kova>${hook}`);
    lines.push('  type     application/json');
    lines.push(`  secret   ${secret ?? 'the one that you gave'}`);
    if (secret !== null) lines.push('', 'The secret is told this once; connect again for a new one.');
  } else if (pollMs === null) lines.push('Nothing asks it for new commits yet: pass --poll 1m.');
  if (!hasToken && hook !== null) lines.push('Without --token-file the provider is not told what became of a commit.');
  return lines.join('\n');
}
