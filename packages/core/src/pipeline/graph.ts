import type { JobConfig } from './job.ts';

/** The jobs of a pipeline by name. */
export type Jobs = Readonly<Record<string, JobConfig>>;

/** One job to run: of a matrix, one combination of its values. */
export interface GraphJob {
  /** `unit-tests`, `unit-tests[NODE=24]`. */
  name: string;
  job: JobConfig;
  /** Names of graph jobs. */
  needs: string[];
  /** Names of graph jobs that must have ended before, whatever came of them. */
  after?: readonly string[];
  /** What Kova does itself, instead of running commands. */
  kind?: 'image';
  /** The combination of this one, as variables. */
  values: Readonly<Record<string, string>>;
}

/** What is wrong with the edges of the graph: needs that nobody is, and cycles. One sentence with its path for each. */
export function checkNeeds(jobs: Jobs): string[] {
  const names = Object.keys(jobs);
  const unknown = Object.entries(jobs).flatMap(([name, { needs }]) =>
    needs.flatMap((need, index) =>
      jobs[need]
        ? []
        : [`pipeline.jobs.${name}.needs[${index}]: there is no job ${need}; there are ${names.join(', ')}`],
    ),
  );
  if (unknown.length > 0) return unknown;
  const cycle = findCycle(jobs);
  return cycle ? [`pipeline.jobs.${cycle[0]}.needs: ${cycle.join(' → ')} is a cycle`] : [];
}

/** A path that leads back to where it began, `[a, b, a]`; null when there is none. */
function findCycle(jobs: Jobs): string[] | null {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const need of jobs[name]?.needs ?? []) {
      const cycle = visit(need, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of Object.keys(jobs)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return null;
}

/** The jobs to run, each after all that it needs. A need on a job with a matrix is one on all of its combinations. */
export function expand(jobs: Jobs): GraphJob[] {
  const combined = new Map(
    Object.entries(jobs).map(([name, job]) => [
      name,
      combinations(job.matrix).map((values) => ({ name: nameOf(name, values), job, values })),
    ]),
  );
  const ordered = order(jobs).flatMap((name) => combined.get(name) ?? []);
  return ordered.map((each) => ({
    ...each,
    needs: each.job.needs.flatMap((need) => (combined.get(need) ?? []).map(({ name }) => name)),
  }));
}

/** The names, each after its needs; else in the order they were written. */
function order(jobs: Jobs): string[] {
  const placed = new Set<string>();
  const place = (name: string) => {
    if (placed.has(name)) return;
    for (const need of jobs[name]?.needs ?? []) place(need);
    placed.add(name);
  };
  for (const name of Object.keys(jobs)) place(name);
  return [...placed];
}

function combinations(matrix: JobConfig['matrix']): Array<Record<string, string>> {
  return Object.entries(matrix).reduce<Array<Record<string, string>>>(
    (rows, [variable, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [variable]: value }))),
    [{}],
  );
}

function nameOf(name: string, values: Readonly<Record<string, string>>): string {
  const told = Object.entries(values).map(([variable, value]) => `${variable}=${value}`);
  return told.length > 0 ? `${name}[${told.join(',')}]` : name;
}

/** Whether a graph job is the one of that name, or a combination of its matrix: `unit-tests` is all of its own. */
export function isOf(job: string, name: string): boolean {
  return name === job || name.startsWith(`${job}[`);
}

/** A job and all that it needs, directly and not. */
export function withNeeds(graph: readonly GraphJob[], wanted: readonly string[]): GraphJob[] {
  const kept = new Set(wanted);
  for (const { name, needs } of graph.toReversed()) if (kept.has(name)) for (const need of needs) kept.add(need);
  return graph.filter(({ name }) => kept.has(name));
}
