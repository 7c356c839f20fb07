import type { ProjectConfig } from '@kova/core/config/schema';
import type { ErrorCode } from '@kova/core/errors/codes';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import type { GraphJob } from '@kova/core/pipeline/graph';
import type { Secret } from '@kova/core/secret';
import type { Verdict } from '@kova/core/verdict';
import type { BuiltRelease } from './builder.ts';

/** Whose job it is, and where its log lies. */
export interface JobRef {
  run: string;
  name: string;
}

export interface JobRequest extends JobRef {
  project: string;
  commit: string;
  config: ProjectConfig;
  job: GraphJob;
  /** Of this job, see `keys`. */
  key: string;
  /** Keys of all that it needs, directly and not, in an order that can be laid out. */
  needs: readonly string[];
  /** Address of the running app that it checks; null for one that asks none or is served its own. */
  target: string | null;
  /** What the job asked for by name, and nothing more; no part of what it leaves for people shows one. */
  secrets: Readonly<Record<string, Secret>>;
  /** Keeps what it leaves apart from others'; null for what all runs of the project share. */
  scope: string | null;
  signal: AbortSignal;
}

export interface ReleaseRequest {
  project: string;
  commit: string;
  config: ProjectConfig;
  /** Keys of the jobs that build, in an order that can be laid out. */
  needs: readonly string[];
  signal: AbortSignal;
}

export interface JobReport {
  verdict: Verdict;
  /** What went wrong, when it failed. */
  code: ErrorCode | null;
  evidence: Evidence[];
  /** Paths that it left for others. */
  outputs: string[];
  /** Time its commands took, ms. */
  durationMs: number;
}

/** What is looked for in a log. */
export interface LogQuery {
  pattern: string;
  kind: 'text' | 'regex';
  ignoreCase: boolean;
  /** Lines before and after each that is found. */
  context: number;
  /** Found lines of one log at most. */
  limit: number;
}

export interface LogLine {
  /** Its number, from 1. */
  line: number;
  text: string;
  /** False for one beside a line that was found. */
  found: boolean;
}

export interface LogSearch {
  lines: LogLine[];
  /** There may be more than the limit let through. */
  cut: boolean;
}

/** Runs the jobs of pipelines on this machine, each in a clean directory, without Kova's rights or secrets. */
export interface JobRunner {
  /**
   * The configuration of a commit, which is evaluated once as a rule. @throws KovaError CONFIG_MISSING,
   * CONFIG_EVALUATION_FAILED, CONFIG_INVALID
   */
  configure(project: string, commit: string, signal: AbortSignal): Promise<ProjectConfig>;

  /**
   * For each job the digest of all that its result depends on: commands, inputs, keys of its needs, this machine, and
   * its secrets, of which digests are given.
   */
  keys(
    project: string,
    commit: string,
    config: ProjectConfig,
    graph: readonly GraphJob[],
    /** `scope` as in a request; `secrets` are digests of the values that jobs are given, by job. */
    more: { scope: string | null; secrets: ReadonlyMap<string, string> },
  ): Promise<Map<string, string>>;

  /** What a job of that key came to before, if it passed; its log becomes that of `ref` as well. */
  recall(key: string, ref: JobRef): Promise<JobReport | null>;

  /**
   * A job's log from its beginning, some lines at a time without the last line end; new ones as they come until `ended`
   * says so or the signal aborts.
   */
  log(ref: JobRef, ended: () => Promise<boolean>, signal: AbortSignal): AsyncIterable<string>;

  /**
   * Searches what a job has printed so far. @throws KovaError INPUT_INVALID for an expression that is none, or takes
   * too long
   */
  search(ref: JobRef, query: LogQuery, signal: AbortSignal): Promise<LogSearch>;

  /**
   * Packs what `app.output` names of the commit with what the jobs of these keys have made of it.
   * @throws KovaError BUILD_FAILED when something is missing that was not optional, ARTEFACT_UNSAFE
   */
  release(request: ReleaseRequest): Promise<BuiltRelease>;

  /** Removes results that were not used for long, when they take too much room. Returns the bytes freed. */
  prune(): Promise<number>;

  /**
   * Runs the job, with its retries; nothing of it runs any more when this settles. Safe to call again after a crash:
   * the attempt before is ended and forgotten.
   * @throws the signal's reason on abort
   */
  run(request: JobRequest): Promise<JobReport>;
}
