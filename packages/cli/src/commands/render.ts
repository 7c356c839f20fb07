import { resolve } from 'node:path';
import { evaluateTree } from '@kova/control/evaluate';
import { KovaError } from '@kova/core/errors/kova-error';
import { type RenderedFile, type Suite, type SuiteValues, suites } from '@kova/render/suites';
import type { Command } from 'commander';
import type { Cli, Result } from '../cli.ts';
import { findRepository } from '../git/repository.ts';
import { renderTable } from '../output/table.ts';
import { compare, driftResult, wasRendered } from '../render/compare.ts';
import { writeFiles } from '../render/write.ts';
import { type Definition, documented } from './definition.ts';

interface Options {
  check?: boolean;
  stdout?: boolean;
  force?: boolean;
  dir?: string;
}

export const renderCommand: Definition = (program, cli, done) => {
  const render = program.command('render').enablePositionalOptions();
  documented(render, 'list what the configuration can be written down as', 'kova render', 'kova render --check');
  withDirectory(render)
    .option('--check', 'exit with 1 when a file that was rendered has drifted from the configuration')
    .action(async (options: Options) => done(options.check ? await checkAll(cli, options) : list()));
  for (const suite of suites) defineSuite(render, suite, cli, done);
};

function defineSuite(render: Command, suite: Suite, cli: Cli, done: (result: Result) => void): void {
  const { name, about } = suite;
  const command = render.command(name);
  documented(command, `write ${about}`, `kova render ${name}`, `kova render ${name} --check`);
  withDirectory(command)
    .option('--check', 'write nothing; exit with 1 and the difference when what is there has drifted')
    .option('--stdout', 'print it and write nothing')
    .option('--force', 'overwrite a file that Kova has not written');
  for (const { name, value, about } of suite.options ?? []) command.option(`--${name} <${value}>`, about);
  command.action(async (options: Options) => {
    const values = valuesOf(suite, command.opts(), options);
    const repository = await repositoryOf(cli, options);
    const files = suite.render(await evaluateTree(repository), values);
    if (options.stdout) return done(printed(files));
    if (options.check) return done(driftResult(await compare(repository, files)));
    done(await writeFiles(repository, files, options.force ?? false));
  });
}

/** What speaks of a moment is for stdout: a file of the repository with it would have drifted by the next release. */
function valuesOf(suite: Suite, given: SuiteValues, { stdout }: Options): SuiteValues {
  const options = (suite.options ?? []).filter(({ name }) => given[name] !== undefined);
  const momentary = options.filter((option) => option.momentary).map(({ name }) => `--${name}`);
  if (momentary.length > 0 && !stdout) {
    const message = `${momentary.join(', ')}: of one release, which no file of the repository holds`;
    throw new KovaError('INPUT_INVALID', message, { next: 'Add --stdout, and apply or keep what it prints.' });
  }
  return Object.fromEntries(options.map(({ name }) => [name, given[name]]));
}

function withDirectory(command: Command): Command {
  return command.option('--dir <dir>', 'the repository; default: the one you are in');
}

function repositoryOf(cli: Cli, { dir }: Options): Promise<string> {
  return findRepository(resolve(cli.cwd, dir ?? '.'));
}

function list(): Result {
  const view = suites.map(({ name, about }) => ({ name, about }));
  const rows = suites.map(({ name, about }) => [`kova render ${name}`, about]);
  return { view, text: renderTable(['command', 'writes'], rows) };
}

/** What was never rendered cannot have drifted. */
async function checkAll(cli: Cli, options: Options): Promise<Result> {
  const repository = await repositoryOf(cli, options);
  const config = await evaluateTree(repository);
  const files = suites.flatMap((suite) => suite.render(config));
  return driftResult((await compare(repository, files)).filter(wasRendered));
}

function printed(files: readonly RenderedFile[]): Result {
  return { view: files, text: files.map(({ text }) => text.trimEnd()).join('\n') };
}
