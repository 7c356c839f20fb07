import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration } from '@kova/core/config/duration';
import type { AppConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';
import { explainDiskFull } from '../artefacts/disk-full.ts';
import type { Home } from '../home/home.ts';
import type { Identity } from '../home/unprivileged.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Builder, BuildRequest, BuiltRelease } from '../ports/builder.ts';
import { checkout } from './checkout.ts';
import { runBuildCommand } from './command.ts';
import {
  type BuildDirectory,
  closeBuildDirectory,
  openBuildDirectory,
  removeLeftoverBuilds,
  sealBuildDirectory,
} from './directory.ts';
import { buildEnvironment } from './environment.ts';
import { evaluateConfig } from './evaluate-config.ts';
import { assertSha, repositoryOf } from './git.ts';
import { handOver } from './hand-over.ts';
import { openBuildLog } from './log.ts';
import { networkSettings } from './registry.ts';
import { stageOutput } from './stage.ts';
import { prepareToolchain, type Toolchain } from './toolchain.ts';

export interface BuilderOptions {
  home: Home;
  artefacts: Artefacts;
  /** Whom builds run as; null where Kova has no choice. */
  as: Identity | null;
  /** More variables for install and build, such as a registry's token; secret ones are scrubbed from the output. */
  registryEnv?: Readonly<Record<string, string | Secret>>;
  /** How long kova.config.ts may take, ms; default 20 s. */
  configTimeoutMs?: number;
}

export interface LocalBuilder extends Builder {
  /** Ends and removes the builds of a control plane that has died; to be called at the start. Returns how many. */
  removeLeftovers(): Promise<number>;
}

/** What all builds share, made when the first one needs it. */
interface Tools {
  toolchain: Toolchain;
  network: Record<string, string | Secret>;
  npmCache: string;
}

interface Build extends BuildRequest {
  directory: BuildDirectory;
  tools: Tools;
}

/** Builds on this machine, one directory and one clean environment a build. */
export function createBuilder(options: BuilderOptions): LocalBuilder {
  let tools: Promise<Tools> | undefined;
  const ready = () => {
    tools ??= prepareTools(options);
    tools.catch(() => {
      tools = undefined;
    });
    return tools;
  };
  return {
    build: async (request) => build(options, await ready(), request),
    removeLeftovers: () => removeLeftoverBuilds(options.home.builds),
  };
}

async function prepareTools({ home, as, registryEnv }: BuilderOptions): Promise<Tools> {
  const toolchain = await prepareToolchain(home.toolchain, as);
  const network = { ...(await networkSettings(toolchain, home.toolchain, as)), ...registryEnv };
  const npmCache = join(home.builds, '.npm-cache');
  await mkdir(npmCache, { recursive: true, mode: 0o700 });
  if (as) await chown(npmCache, as.uid, as.gid);
  return { toolchain, network, npmCache };
}

async function build(options: BuilderOptions, tools: Tools, request: BuildRequest): Promise<BuiltRelease> {
  const { project, commit, signal } = request;
  const repository = repositoryOf(options.home.repositories, project);
  assertSha(commit);
  signal.throwIfAborted();
  const directory = await openBuildDirectory(options.home.builds, project, commit, options.as);
  const log = openBuildLog(options.home.logs, directory.id);
  const onLine = (line: string) => {
    log.write(line);
    request.onLine(line);
  };
  const work: Build = { ...request, onLine, directory, tools };
  try {
    const info = await timed(work, 'checkout', () => takeOut(work, repository));
    const config = await timed(work, 'config', () => readConfig(work, options.configTimeoutMs ?? 20_000));
    await compile(work, config.app);
    const artefact = await timed(work, 'pack', () => pack(work, config.app, options.artefacts));
    return { config, artefact, commit: info };
  } catch (error) {
    throw explainDiskFull(error, 'building', directory.root);
  } finally {
    await closeBuildDirectory(directory);
    await log.close();
  }
}

async function timed<T>(work: Build, name: string, action: () => Promise<T>): Promise<T> {
  work.signal.throwIfAborted();
  const startedAt = performance.now();
  const result = await action();
  work.signal.throwIfAborted();
  work.onLine(`${name} took ${formatDuration(performance.now() - startedAt)}`);
  return result;
}

async function takeOut({ directory, commit, signal, onLine }: Build, repository: string) {
  const index = join(directory.root, 'index');
  const info = await checkout({ repository, commit, directory: directory.source, index, signal, onLine });
  await handOver(directory.source, directory.as);
  return info;
}

function readConfig({ directory, commit, tools, signal, onLine }: Build, timeoutMs: number) {
  const env = buildEnvironment(directory, tools.toolchain, { ...tools, commit, network: {} });
  return evaluateConfig({ directory, node: tools.toolchain.node, env, timeoutMs, signal, onLine });
}

/** Install and build; both together within app.buildTimeout. */
async function compile(work: Build, app: AppConfig): Promise<void> {
  const { directory, tools, commit } = work;
  const env = buildEnvironment(directory, tools.toolchain, { ...tools, commit });
  const deadline = performance.now() + app.buildTimeout;
  for (const name of ['install', 'build'] as const) {
    const argv = app[name];
    if (!argv) continue;
    await timed(work, name, () => runBuildCommand({ ...work, argv, env, deadline, allowedMs: app.buildTimeout }));
  }
}

async function pack({ directory }: Build, app: AppConfig, artefacts: Artefacts) {
  await sealBuildDirectory(directory);
  await stageOutput(directory.source, directory.stage, app.output);
  return artefacts.pack(directory.stage);
}
