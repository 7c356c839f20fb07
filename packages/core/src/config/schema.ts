import { z } from 'zod';
import { analysisSchema } from '../analysis/rules.ts';
import { loadSchema } from '../environment/load.ts';
import { pipelineSchema } from '../pipeline/schema.ts';
import { strategySchema } from '../traffic/strategy.ts';
import { command } from './command.ts';
import { imageSchema } from './image.ts';
import { renderSchema } from './render.ts';
import { limitsSchema, runtimeSchema } from './runtime.ts';
import { size } from './size.ts';
import { tlsSchema } from './tls.ts';
import { duration, envSecrets, envVars, insidePath, nameSchema } from './values.ts';

const health = z.strictObject({
  path: z.string().startsWith('/').default('/').describe('answers 2xx when the instance can serve'),
  interval: duration.prefault('2s').describe('time between probes'),
  timeout: duration.prefault('5s').describe('time a probe may take'),
  unhealthyAfter: z.int().min(1).default(3).describe('failed probes in a row until an instance gets no requests'),
  healthyAfter: z.int().min(1).default(1).describe('passed probes in a row until it gets requests again'),
  deadline: duration.prefault('60s').describe('time all wanted instances have to become ready'),
});

const app = z.strictObject({
  install: command.nullable().prefault('npm ci').describe('installs the dependencies; null for none'),
  build: command.nullable().prefault('npm run build').describe('builds the app; null for none'),
  buildTimeout: duration.prefault('10m').describe('install and build may each take this long'),
  output: z
    .array(z.strictObject({ from: insidePath, to: insidePath.default('.'), optional: z.boolean().default(false) }))
    .min(1)
    .default([{ from: '.', to: '.', optional: false }])
    .describe('what of the built checkout goes into the artefact, and where'),
  start: command.describe('starts one instance; it must listen on $HOST:$PORT'),
  dev: command
    .nullable()
    .prefault(null)
    .describe(
      'starts the app for `kova dev`, with hot reload; `$HOST` and `$PORT` in its words are replaced; null for `start`, under `node --watch` when it is Node',
    ),
  stopTimeout: duration.prefault('30s').describe('time between SIGTERM and SIGKILL'),
  assets: z
    .strictObject({ prefix: z.string().startsWith('/'), dir: insidePath })
    .nullable()
    .default(null)
    .describe('immutable files, kept servable for days after a switch; dir is inside the artefact'),
  health: health.prefault({}),
  maxLogBytes: z.int().min(65_536).default(10_485_760).describe('size at which an instance log is rotated; 3 are kept'),
});

/** With runtime `docker`: what a service's container is made of. */
function containerOf(image: string, memory: string) {
  return {
    image: z.string().min(1).default(image).describe('with runtime docker: the image of its container'),
    memory: size
      .prefault(memory)
      .refine((bytes) => bytes >= leastMemory, 'must be 64mb or more')
      .describe('with runtime docker: what its container may take'),
  };
}

const leastMemory = 64 * 1024 ** 2;

const postgres = z.strictObject({
  kind: z.literal('postgres'),
  version: z.literal(18).default(18),
  ...containerOf('postgres:18', '512mb'),
});
const redis = z.strictObject({
  kind: z.literal('redis'),
  url: z.string().startsWith('redis').optional().describe('an existing Redis, given to the app as REDIS_URL'),
  optional: z.boolean().default(false),
  ...containerOf('redis:7', '256mb'),
});

const database = z
  .strictObject({
    migrate: command.nullable().default(null).describe('expand-only migrations, run in what the release runs in'),
    migrateTimeout: duration.prefault('5m'),
    schema: z
      .strictObject({ from: z.int().min(0), to: z.int().min(0) })
      .refine((range) => range.from <= range.to, 'from must not be above to')
      .nullable()
      .default(null)
      .describe('the schema versions that this release can run on; `to` is the one it migrates to'),
  })
  .describe('the schema of the project database');

const environment = z.strictObject({
  deploy: z.enum(['auto', 'manual']).default('auto').describe('auto: a release goes on here by itself'),
  hosts: z.array(z.string()).default([]).describe('host names; default <environment>.<project>.localhost'),
  tls: tlsSchema.nullable().default(null).describe('how its hosts are served by https; null for plain HTTP alone'),
  instances: z.int().min(1).max(64).default(1),
  limits: limitsSchema.prefault({}),
  env: envVars.default({}).describe('variables for the instances'),
  secrets: envSecrets
    .default({})
    .describe('variables whose values are secrets: names, or `{ VARIABLE: NAME }` where they differ'),
  strategy: strategySchema.prefault({ kind: 'blue-green' }),
  approvals: z.int().min(0).max(10).default(0).describe('people who must say yes before users see the release'),
  approvalTimeout: duration.prefault('24h'),
  smoke: z.array(z.string().startsWith('/')).default([]).describe('paths that must answer 2xx or 3xx on the idle slot'),
  checks: z
    .array(nameSchema)
    .default([])
    .describe(
      'run against the idle slot before users see the release: integration, e2e, load, lighthouse, security, or any job of the pipeline',
    ),
  load: loadSchema.prefault({}).describe('what the check `load` does and asks for'),
  stability: duration.prefault('30s').describe('time a release must hold with all traffic before it is live'),
  standby: duration.prefault('1h').describe('time the replaced slot stays warm'),
  analysis: analysisSchema.prefault({}),
});

const defaultEnvironments = {
  development: {},
  staging: {},
  'pre-production': {},
  production: { approvals: 1, instances: 2, stability: '5m' },
};

export const configSchema = z.strictObject({
  name: nameSchema.describe('the project'),
  app,
  runtime: runtimeSchema,
  services: z.record(nameSchema, z.discriminatedUnion('kind', [postgres, redis])).default({}),
  database: database.prefault({}),
  pipeline: pipelineSchema.prefault({}).describe('what proves a commit before it becomes a release'),
  environments: z.record(nameSchema, environment).prefault(defaultEnvironments).describe('in the order of promotion'),
  image: imageSchema.nullable().default(null).describe('an image of each release; null for none'),
  render: renderSchema.prefault({}).describe('what `kova render` writes'),
  assetsKeep: duration.prefault('7d').describe('how long the immutable assets of a replaced release stay servable'),
  keepReleases: z.int().min(2).default(5).describe('healthy releases kept per environment to roll back to'),
});

/** What a person writes in kova.config.ts. */
export type ConfigInput = z.input<typeof configSchema>;
/** The validated configuration that a release records: all defaults filled in, durations in milliseconds. */
export type ProjectConfig = z.output<typeof configSchema>;
export type EnvironmentConfig = ProjectConfig['environments'][string];
export type AppConfig = ProjectConfig['app'];
export type ServicesConfig = ProjectConfig['services'];
export type ServiceConfig = ServicesConfig[string];
