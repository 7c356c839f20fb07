import type { EvidenceKind } from './evidence/evidence.ts';
import { gateReports } from './gate/rule.ts';
import { checkNeeds, type Jobs } from './graph.ts';
import { imageJobName } from './image-job.ts';
import { completeJob, type JobConfig } from './job.ts';
import { checkJoins } from './join.ts';
import type { PipelineConfig } from './schema.ts';
import { type Buildable, buildJobs, standardJobs } from './standard.ts';

/** The jobs of a project: those that build it, the standard ones if wanted, and its own over both. */
export function resolveJobs(config: Buildable & { pipeline: PipelineConfig }): Jobs {
  const { use, jobs: own } = config.pipeline;
  const given = { ...buildJobs(config), ...(use === 'standard' ? standardJobs(config) : {}) };
  const jobs: Record<string, JobConfig> = {};
  for (const name of new Set([...Object.keys(given), ...Object.keys(own)])) {
    const wish = own[name];
    const merged = { ...given[name], ...wish };
    if (wish !== null && merged.run) jobs[name] = completeJob({ ...merged, run: merged.run });
  }
  return jobs;
}

type Provable = Buildable & { pipeline: PipelineConfig; image: object | null };

/** What is wrong with a pipeline as a whole; one sentence with its path for each. */
export function checkPipeline(config: Provable): string[] {
  const jobs = resolveJobs(config);
  const empty = Object.entries(config.pipeline.jobs)
    .filter(([name, wish]) => wish !== null && !jobs[name])
    .map(([name]) => `pipeline.jobs.${name}.run: is required, as no standard job has this name`);
  return [
    ...empty,
    ...checkNeeds(jobs),
    ...checkJoins(jobs),
    ...checkSecrets(jobs),
    ...checkGates(config, jobs),
    ...checkReserved(config.pipeline.jobs),
  ];
}

/** A name that is a variable as well: which of the two counts would be a matter of chance to the reader. */
function checkSecrets(jobs: Jobs): string[] {
  return Object.entries(jobs).flatMap(([name, { secrets, env, matrix }]) =>
    secrets.flatMap((secret, index) => {
      const other = secret in env ? 'env' : secret in matrix ? 'matrix' : null;
      return other ? [`pipeline.jobs.${name}.secrets[${index}]: ${secret} is set under ${other} as well`] : [];
    }),
  );
}

/** A gate on a report that no job makes would never be anything but inconclusive. */
function checkGates({ pipeline: { gates }, image }: Provable, jobs: Jobs): string[] {
  const made = new Set<EvidenceKind>(image ? ['image'] : []);
  for (const { kind } of Object.values(jobs).flatMap(({ reports }) => reports)) made.add(kind);
  const set = (Object.keys(gateReports) as Array<keyof typeof gateReports>).filter((gate) => gates[gate] !== undefined);
  return set
    .filter((gate) => !made.has(gateReports[gate]))
    .map((gate) => `pipeline.gates.${gate}: no job makes a ${gateReports[gate]} report`);
}

function checkReserved(own: PipelineConfig['jobs']): string[] {
  if (!(imageJobName in own)) return [];
  return [`pipeline.jobs.${imageJobName}: is what Kova calls the job that \`image\` asks for; name yours otherwise`];
}
