import { phases } from '@kova/core/deployment/phase';
import { type ErrorCode, errorCodes } from '@kova/core/errors/codes';
import { reportKinds, severities } from '@kova/core/pipeline/evidence/evidence';
import { jobStates, runStates } from '@kova/core/pipeline/state';
import { z } from 'zod';
import { shipStates } from '../store/schema.ts';

const moment = z.iso.datetime();
const codes = Object.keys(errorCodes) as ErrorCode[];

export const errorView = z.object({ code: z.string(), message: z.string(), next: z.string() }).meta({ id: 'Error' });

export const deploymentView = z
  .object({
    id: z.string(),
    project: z.string(),
    environment: z.string(),
    release: z.string(),
    commit: z.string(),
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
    held: z.array(z.object({ commit: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Environment' });

export const statusView = z
  .object({
    version: z.string(),
    edge: z.string().describe('the address that the edge listens on'),
    projects: z.array(z.object({ name: z.string(), environments: z.array(environmentView) })),
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
    createdAt: moment,
    /** Environments in which it is live now. */
    liveIn: z.array(z.string()),
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
    kind: z.enum(reportKinds),
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
    criticalPath: z.object({ names: z.array(z.string()), ms: z.number() }),
  })
  .meta({ id: 'Run' });

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
  z.object({ type: z.literal('ship'), ship: shipView }),
  z.object({ type: z.literal('deployment'), deployment: deploymentView }),
]);

export type DeploymentView = z.infer<typeof deploymentView>;
export type EnvironmentView = z.infer<typeof environmentView>;
export type StatusView = z.infer<typeof statusView>;
export type CommitView = z.infer<typeof commitView>;
export type ReleaseView = z.infer<typeof releaseView>;
export type ShipView = z.infer<typeof shipView>;
export type ScorecardView = z.infer<typeof scorecardView>;
export type JobView = z.infer<typeof jobView>;
export type RunView = z.infer<typeof runView>;
export type StreamEvent = z.infer<typeof streamEvent>;
