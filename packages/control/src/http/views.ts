import { phases } from '@kova/core/deployment/phase';
import { type ErrorCode, errorCodes } from '@kova/core/errors/codes';
import { evidenceKinds, severities } from '@kova/core/pipeline/evidence/evidence';
import { jobStates, runStates } from '@kova/core/pipeline/state';
import { z } from 'zod';
import { shipStates } from '../store/schema.ts';
import { errorView } from './error-view.ts';
import { applyView, findingView } from './plan-views.ts';

const moment = z.iso.datetime();
const codes = Object.keys(errorCodes) as ErrorCode[];

export const deploymentView = z
  .object({
    id: z.string(),
    project: z.string(),
    environment: z.string(),
    release: z.string(),
    commit: z.string(),
    configCommit: z
      .string()
      .nullable()
      .describe('whose configuration it was given; null when it has that of its release'),
    kind: z.enum(['deploy', 'rollback']),
    phase: z.enum(phases),
    reason: z.string(),
    code: z.enum(codes).nullable().describe('what went wrong when it failed before it had traffic, or was cancelled'),
    colour: z.enum(['blue', 'green']).nullable(),
    health: z.enum(['healthy', 'degraded', 'failed']).nullable(),
    requestedBy: z.string(),
    createdAt: moment,
    trafficAt: moment.nullable(),
    liveAt: moment.nullable(),
    endedAt: moment.nullable(),
  })
  .meta({ id: 'Deployment' });

export const environmentView = z
  .object({
    name: z.string(),
    url: z.string().describe('where users of it are served'),
    live: deploymentView.nullable(),
    /** What is at work on it now. */
    inFlight: deploymentView.nullable(),
    queued: z.array(deploymentView),
    standby: z.object({ release: z.string(), until: moment.nullable() }).nullable(),
    weights: z.object({ blue: z.number(), green: z.number() }),
    instances: z.array(
      z.object({
        id: z.string(),
        release: z.string(),
        state: z.string(),
        address: z.string(),
        restarts: z.number(),
        reason: z.string(),
        pid: z.number().nullable(),
      }),
    ),
    tls: z
      .object({ notAfter: moment.nullable(), problem: z.string().nullable() })
      .nullable()
      .describe('the certificate of its hosts; null when it asks for none'),
    services: z
      .array(
        z.object({
          kind: z.enum(['postgres', 'redis']),
          state: z.string(),
          address: z.string().nullable(),
          reason: z.string(),
        }),
      )
      .describe('those of the live release, or of the one that is on its way'),
    held: z.array(z.object({ commit: z.string(), reason: z.string() })),
    configuration: z
      .object({ commit: z.string(), by: z.string(), at: moment.nullable(), apply: z.string().nullable() })
      .nullable()
      .describe('whose is in force, and who put it there; `apply` is null when it came with its release'),
    drift: z
      .array(findingView.extend({ seenAt: moment, mendedAt: moment.nullable() }))
      .describe('where what runs is not as it is recorded, or was not within the last hour'),
    checks: z
      .object({ run: z.string(), jobs: z.array(z.object({ name: z.string(), state: z.enum(jobStates) })) })
      .nullable()
      .describe('those of the deployment in flight'),
  })
  .meta({ id: 'Environment' });

export const workerView = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.number(),
    labels: z.array(z.string()).describe('it takes jobs with these labels, and those without one'),
    concurrency: z.number().nullable().describe("jobs at a time; null for its share of the machine's cores"),
    control: z.boolean().describe('whether it is the control plane'),
    jobs: z.array(z.object({ run: z.string(), name: z.string(), startedAt: moment.nullable() })).describe('at work'),
    silentMs: z.number().describe('since it said that it lives'),
  })
  .meta({ id: 'Worker' });

export const edgeView = z
  .object({
    name: z.string(),
    address: z.string().describe('where users reach it'),
    state: z
      .enum(['in-line', 'behind', 'lost'])
      .describe('whether it has what is recorded, or not all of it, or is not waited for, since it is not heard of'),
    behind: z.array(z.string()).describe('the routes that it lacks the newest of'),
    problem: z.string().nullable().describe('what keeps it from being in line'),
    heardAt: moment.describe('when it was last heard of'),
    silentMs: z.number().describe('the time since then'),
  })
  .meta({ id: 'Edge' });

export const statusView = z
  .object({
    version: z.string(),
    edge: z.string().describe('the address that the edge listens on'),
    projects: z.array(z.object({ name: z.string(), environments: z.array(environmentView) })),
    workers: z.array(workerView),
    edges: z.array(edgeView).describe('edges on other machines'),
  })
  .meta({ id: 'Status' });

export const commitView = z
  .object({ sha: z.string(), message: z.string(), author: z.string(), committedAt: moment })
  .meta({ id: 'Commit' });

export const releaseView = z
  .object({
    id: z.string(),
    project: z.string(),
    commit: z.string(),
    message: z.string(),
    author: z.string(),
    artefact: z.string(),
    artefactBytes: z.number(),
    image: z.string().nullable().describe('the image that holds it, by digest; null when it has none'),
    createdAt: moment,
    /** Environments in which it is live now. */
    liveIn: z.array(z.string()),
    run: z.string().nullable().describe('the pipeline run that proved its commit'),
    checks: z
      .array(
        z.object({
          run: z.string(),
          environment: z.string(),
          deployment: z.string(),
          state: z.enum(runStates),
          reason: z.string(),
        }),
      )
      .describe('the runs that checked it in environments, in their order'),
  })
  .meta({ id: 'Release' });

export const shipView = z
  .object({
    id: z.string(),
    project: z.string(),
    commit: z.string(),
    state: z.enum(shipStates),
    branch: z.string().nullable(),
    run: z.string().nullable().describe('the pipeline run that proves its commit; null when it was built before'),
    release: z.string().nullable(),
    deployments: z.array(deploymentView),
    error: errorView.nullable(),
  })
  .meta({ id: 'Ship' });

const problemView = z.object({
  severity: z.enum(severities),
  message: z.string(),
  rule: z.string().nullable(),
  file: z.string().nullable(),
  line: z.number().nullable(),
});

const evidenceView = z
  .object({
    kind: z.enum(evidenceKinds),
    figures: z.record(z.string(), z.number()),
    problems: z.array(problemView).describe('worst first'),
    problemCount: z.number(),
    gap: z.string().nullable().describe('why it proves less than it should'),
  })
  .meta({ id: 'Evidence' });

export const jobView = z
  .object({
    name: z.string(),
    needs: z.array(z.string()),
    state: z.enum(jobStates),
    reason: z.string(),
    worker: z.string().nullable().describe('the process that runs it, or ran it'),
    key: z.string().describe('digest of all that its result depends on'),
    cached: z.boolean().describe('the result is that of an earlier run with the same inputs'),
    durationMs: z.number().nullable().describe('of its commands'),
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    evidence: z.array(evidenceView),
  })
  .meta({ id: 'Job' });

export const runView = z
  .object({
    id: z.string(),
    project: z.string(),
    commit: z.string(),
    state: z.enum(runStates),
    branch: z.string().nullable(),
    reason: z.string(),
    createdAt: moment,
    endedAt: moment.nullable(),
    jobs: z.array(jobView),
    check: z
      .object({ deployment: z.string(), environment: z.string() })
      .nullable()
      .describe('the deployment that it checks; null when it proves a commit'),
    criticalPath: z.object({ names: z.array(z.string()), ms: z.number() }),
  })
  .meta({ id: 'Run' });

export const secretView = z
  .object({
    name: z.string(),
    setAt: moment,
    setBy: z.string(),
    jobs: z.array(z.string()).nullable().describe('those of the newest run that ask for it; null before the first'),
    environments: z.array(z.string()).nullable().describe('whose instances get it; null before the first run'),
  })
  .meta({ id: 'Secret' });

export const certificateView = z
  .object({
    project: z.string(),
    environment: z.string(),
    source: z.enum(['files', 'local', 'acme']),
    hosts: z.array(z.string()),
    issuer: z.string().nullable(),
    fingerprint: z.string().nullable().describe('SHA-256 of the certificate that the edge has taken last'),
    notBefore: moment.nullable(),
    notAfter: moment.nullable(),
    renewsAt: moment.nullable().describe('null for files, which are read again and again'),
    problem: z.string().nullable().describe('why the next one could not be had'),
    failures: z.number(),
  })
  .meta({ id: 'Certificate' });

export const authorityView = z
  .object({ path: z.string(), fingerprint: z.string(), notAfter: moment, pem: z.string() })
  .meta({ id: 'Authority' });

/** What a search of logs sends, one JSON object an event. */
export const logMatchView = z.object({
  run: z.string(),
  job: z.string(),
  line: z.number().describe('its number in the log of the job, from 1'),
  text: z.string(),
  found: z.boolean().describe('false for a line beside one that was found'),
  cut: z.boolean().describe('the search of this log ended here, at its limit; there may be more'),
});

const medianView = z.object({ ms: z.number().nullable(), n: z.number() });
export const scorecardView = z
  .object({
    from: moment,
    to: moment,
    deployments: z.number(),
    perDay: z.number().nullable(),
    leadTime: medianView,
    changeFailRate: z.object({ rate: z.number().nullable(), n: z.number() }),
    recoveryTime: medianView,
  })
  .meta({ id: 'Scorecard' });

/** What the event streams of ships and deployments send, one JSON object an event. */
export const streamEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('phase'),
    deployment: z.string(),
    environment: z.string(),
    release: z.string(),
    phase: z.enum(phases),
    reason: z.string(),
    at: moment,
  }),
  z.object({
    type: z.literal('job'),
    run: z.string(),
    environment: z.string().nullable().describe('where it checks a deployment; null when it proves a commit'),
    job: z.string(),
    state: z.enum(jobStates),
    reason: z.string(),
    cached: z.boolean(),
    durationMs: z.number().nullable(),
    at: moment,
  }),
  z.object({
    type: z.literal('queued'),
    run: z.string(),
    branch: z.string().describe('whose run before it is still at work'),
  }),
  z.object({ type: z.literal('run'), run: runView }),
  z.object({
    type: z.literal('applied'),
    environment: z.string(),
    changes: z.array(z.string()).describe('what was changed directly; none for an environment that was created'),
  }),
  z.object({ type: z.literal('apply'), apply: applyView }),
  z.object({ type: z.literal('ship'), ship: shipView }),
  z.object({ type: z.literal('deployment'), deployment: deploymentView }),
]);

export type DeploymentView = z.infer<typeof deploymentView>;
export type EnvironmentView = z.infer<typeof environmentView>;
export type WorkerView = z.infer<typeof workerView>;
export type EdgeView = z.infer<typeof edgeView>;
export type StatusView = z.infer<typeof statusView>;
export type CommitView = z.infer<typeof commitView>;
export type ReleaseView = z.infer<typeof releaseView>;
export type ShipView = z.infer<typeof shipView>;
export type ScorecardView = z.infer<typeof scorecardView>;
export type JobView = z.infer<typeof jobView>;
export type RunView = z.infer<typeof runView>;
export type LogMatchView = z.infer<typeof logMatchView>;
export type CertificateView = z.infer<typeof certificateView>;
export type AuthorityView = z.infer<typeof authorityView>;
export type SecretView = z.infer<typeof secretView>;
export type StreamEvent = z.infer<typeof streamEvent>;
