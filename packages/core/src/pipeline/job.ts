import { z } from 'zod';
import { command } from '../config/command.ts';
import { size } from '../config/size.ts';
import { duration, envName, envVars, insidePath, nameSchema, secretName } from '../config/values.ts';
import { reportKinds } from './evidence/evidence.ts';

const report = z.strictObject({
  kind: z.enum(reportKinds),
  path: insidePath.describe('a file, or a pattern such as `reports/*.json`'),
});

const wishes = z.strictObject({
  run: z
    .array(command)
    .describe(
      'the commands, one after the other; the first that fails ends the job. None, `[]`, for a job that only joins others',
    ),
  needs: z.array(nameSchema).describe('jobs that must pass first; their outputs are there'),
  matrix: z
    .record(envName, z.array(z.string().min(1)).min(1))
    .describe('one job for each combination of the values, which it finds as variables'),
  services: z
    .array(z.enum(['postgres', 'redis']))
    .describe('a fresh database (DATABASE_URL), a Redis (REDIS_URL), for this job alone'),
  serve: z.boolean().describe('start the built app first; its address is BASE_URL'),
  browser: z.boolean().describe('needs a Chromium, given as CHROME_PATH'),
  env: envVars.describe('variables for the commands'),
  secrets: z
    .array(secretName)
    .describe(
      'names of secrets (`kova secrets set`) that its commands and its app, and no other job, find as variables',
    ),
  timeout: duration.describe('time one attempt may take; 10m when left out'),
  memory: size
    .nullable()
    .describe('memory that its processes may take together, such as `2gb`; all there is when left out'),
  retries: z.int().min(0).max(5).describe('attempts after the first; none when left out'),
  backoff: duration.describe('pause before the first retry, twice as long before each further one; 1s when left out'),
  inputs: z
    .array(insidePath)
    .min(1)
    .describe(
      'paths of the repository that it depends on, all when left out; a change elsewhere does not run it again',
    ),
  outputs: z.array(insidePath).describe('what it leaves for the jobs that need it; `.` for all but node_modules'),
  carry: z.array(insidePath).describe('caches of its tools that it hands on to its own next run, whatever the commit'),
  reports: z.array(report).describe('what it reports, for the gates'),
  keep: z.array(insidePath).describe('files kept with the run, such as traces and screenshots'),
  cache: z
    .boolean()
    .describe('whether the result of an earlier run with the same inputs may be taken; true when left out'),
  worker: nameSchema.nullable().describe('run only on workers with this label'),
});

/** What a person writes for a job: all of a new one, or what shall differ of a standard one. */
export const jobSchema = wishes.partial();

export type JobInput = z.input<typeof jobSchema>;
export type JobWish = z.output<typeof jobSchema>;
export type JobConfig = z.output<typeof wishes>;

const defaults: Omit<JobConfig, 'run'> = {
  needs: [],
  matrix: {},
  services: [],
  serve: false,
  browser: false,
  env: {},
  secrets: [],
  timeout: 600_000,
  memory: null,
  retries: 0,
  backoff: 1000,
  inputs: ['.'],
  outputs: [],
  carry: [],
  reports: [],
  keep: [],
  cache: true,
  worker: null,
};

/** A job with all that was left out. */
export function completeJob(wish: JobWish & Pick<JobConfig, 'run'>): JobConfig {
  const given = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
  return { ...defaults, run: wish.run, ...given };
}
