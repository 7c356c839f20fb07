import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';
import { checkout } from '../build/checkout.ts';
import {
  closeBuildDirectory,
  endLeftoverBuilds,
  openBuildDirectory,
  removeLeftoverBuilds,
} from '../build/directory.ts';
import { buildEnvironment } from '../build/environment.ts';
import { evaluateConfig } from '../build/evaluate-config.ts';
import { assertSha, repositoryOf } from '../build/git.ts';
import { handOver } from '../build/hand-over.ts';
import { networkSettings } from '../build/registry.ts';
import { prepareToolchain } from '../build/toolchain.ts';
import type { Home } from '../home/home.ts';
import type { Identity } from '../home/unprivileged.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { Results } from '../ports/results.ts';
import { remember } from '../remember.ts';
import { offerChecks } from './checks/checks.ts';
import { followFile } from './follow-file.ts';
import { contentsOf, jobKeys } from './key.ts';
import { copyJobLog, jobFilesPath, jobLogPath } from './log.ts';
import { packRelease } from './release.ts';
import { Carried } from './results/carried.ts';
import { LocalResults } from './results/store.ts';
import { runJob, type Workshop } from './run-job.ts';
import { searchLog } from './search-log.ts';

/** KOVA_CACHE_GB, 20 GiB by default. */
const maxResultBytes = Number(process.env.KOVA_CACHE_GB ?? 20) * 1024 ** 3;
/** Of commits, which do not change: whoever runs the pipeline of one again need not wait for them. */
const rememberedConfigs = 50;
const rememberedContents = 2000;

export interface JobRunnerOptions {
  home: Home;
  artefacts: Artefacts;
  /** Whom jobs run as; null where Kova has no choice. */
  as: Identity | null;
  /** More variables for the jobs, such as a registry's token; secret ones are scrubbed from the output. */
  registryEnv?: Readonly<Record<string, string | Secret>>;
  /** Where results are kept; this machine's own directory by default. */
  results?: Results;
  /** How long kova.config.ts may take, ms; default 20 s. */
  configTimeoutMs?: number;
}

export interface LocalJobRunner extends JobRunner {
  /** Makes ready what all jobs need on this machine, so that the first need not wait for it. */
  prepare(): Promise<void>;
  /** Ends and removes the jobs of processes of this machine that have died. Returns how many. */
  removeLeftovers(): Promise<number>;
  /** Ends those jobs only, which is done sooner. */
  endLeftovers(): Promise<void>;
}

/** Runs jobs on this machine, one directory and one clean environment a job. */
export function createJobRunner(options: JobRunnerOptions): LocalJobRunner {
  const { home } = options;
  const results = options.results ?? new LocalResults(home.results);
  let shared: Promise<Workshop> | undefined;
  const workshop = () => {
    shared ??= prepareWorkshop(options, results);
    shared.catch(() => {
      shared = undefined;
    });
    return shared;
  };
  const configs = remember<ProjectConfig>(rememberedConfigs);
  const contents = remember<readonly string[]>(rememberedContents);
  return {
    configure: (project, commit, signal) =>
      configs(`${project} ${commit}`, async () =>
        configure(await workshop(), project, commit, options.configTimeoutMs ?? 20_000, signal),
      ),
    keys(project, commit, config, graph, { scope, secrets }) {
      const { version: node, platform, arch } = process;
      const place = { node, platform, arch, ...(scope === null ? {} : { scope }) };
      const repository = repositoryOf(home.repositories, project);
      const look = (inputs: readonly string[]) =>
        contents([project, commit, ...inputs].join('\n'), () => contentsOf(repository, commit, inputs));
      return jobKeys(look, config, graph, place, secrets);
    },
    async recall(key, ref) {
      const kept = await results.find(key);
      if (kept) {
        const files = results.layOutFiles(key, jobFilesPath(home.logs, ref));
        await Promise.all([copyJobLog(kept.log, home.logs, ref), files]);
      }
      return kept?.report ?? null;
    },
    log: (ref, ended, signal) => followFile(jobLogPath(home.logs, ref), ended, signal),
    search: (ref, query, signal) => searchLog(jobLogPath(home.logs, ref), query, signal),
    prune: () => results.prune(maxResultBytes),
    release: async (request) => packRelease(await workshop(), request),
    prepare: async () => void (await workshop()),
    removeLeftovers: () => removeLeftoverBuilds(home.builds),
    endLeftovers: async () => void (await endLeftoverBuilds(home.builds)),
    run: async (request) => runJob(await workshop(), request),
  };
}

async function prepareWorkshop(options: JobRunnerOptions, results: Results): Promise<Workshop> {
  const { home, as, artefacts, registryEnv } = options;
  const toolchain = await prepareToolchain(home.toolchain, as);
  const network = { ...(await networkSettings(toolchain, home.toolchain, as)), ...registryEnv };
  const npmCache = join(home.builds, '.npm-cache');
  await mkdir(npmCache, { recursive: true, mode: 0o700 });
  if (as) await chown(npmCache, as.uid, as.gid);
  const carried = new Carried(join(home.results, '.carried'));
  const bringChecks = await offerChecks({ bin: toolchain.bin, toolchain: home.toolchain, as });
  return { home, results, carried, as, toolchain, network, npmCache, artefacts, bringChecks };
}

async function configure(workshop: Workshop, project: string, commit: string, timeoutMs: number, signal: AbortSignal) {
  const { home, as, toolchain, npmCache } = workshop;
  assertSha(commit);
  const directory = await openBuildDirectory(home.builds, project, commit, as);
  const onLine = () => {};
  try {
    await checkout({ repositories: home.repositories, project, commit, directory, signal, onLine });
    await handOver(directory.source, directory.as);
    const env = buildEnvironment(directory, toolchain, { commit, npmCache, network: {} });
    return await evaluateConfig({ directory, node: toolchain.node, env, timeoutMs, signal, onLine });
  } finally {
    await closeBuildDirectory(directory);
  }
}
