import type { ProjectConfig } from '@kova/core/config/schema';
import type { TlsConfig } from '@kova/core/config/tls';
import type { DeploymentKind, ReleaseHealth } from '@kova/core/deployment/deployment';
import type { Phase } from '@kova/core/deployment/phase';
import type { Colour } from '@kova/core/environment/slot';
import type { ErrorCode } from '@kova/core/errors/codes';
import type { ErrorReport } from '@kova/core/errors/kova-error';
import type { EvidenceKind, Problem } from '@kova/core/pipeline/evidence/evidence';
import type { GraphJob } from '@kova/core/pipeline/graph';
import type { JobState, RunState } from '@kova/core/pipeline/state';
import type { Deed, PlannedChange } from '@kova/core/plan/plan';
import type { Provider } from '@kova/core/repository/provider';
import type { Route } from '@kova/core/traffic/route';
import type { Verdict } from '@kova/core/verdict';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { EdgeReport, EdgeSecretKind } from './edge-report.ts';

type Json<T extends object> = JSONColumnType<T, string, string>;
type MaybeJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;
type Moment = ColumnType<Date, Date | undefined, Date>;
type MaybeMoment = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** What became of an environment in an apply. */
export interface ApplyOutcome {
  environment: string;
  deed: Deed;
  changes: PlannedChange[];
  /** The deployment by which it was done; null for what needed none. */
  deployment: string | null;
}

/** Who asked for the end of a deployment, and how it shall be told. */
export interface AbortRequest {
  event: 'cancel' | 'supersede';
  reason: string;
}

export const shipStates = ['building', 'deploying', 'done', 'failed', 'superseded'] as const;
export type ShipState = (typeof shipStates)[number];

export function hasShipEnded(state: ShipState): boolean {
  return state !== 'building' && state !== 'deploying';
}

export const triggerStates = ['accepted', 'started', 'ignored', 'superseded', 'failed'] as const;
export type TriggerState = (typeof triggerStates)[number];

export const pullRequestChoices = ['none', 'own', 'all'] as const;
export type PullRequests = (typeof pullRequestChoices)[number];

export const applyStates = ['running', 'done', 'failed', 'cancelled'] as const;
export type ApplyState = (typeof applyStates)[number];

export const driftSubjects = ['route', 'slot', 'instances', 'database'] as const;
export type DriftSubject = (typeof driftSubjects)[number];

export interface Schema {
  projects: { name: string; created_at: Moment };
  releases: {
    id: string;
    project: string;
    commit_sha: string;
    message: string;
    author: string;
    committed_at: Moment;
    artefact: string;
    artefact_bytes: number;
    config: Json<ProjectConfig>;
    run: string | null;
    created_at: Moment;
    image: string | null;
  };
  environments: {
    project: string;
    name: string;
    position: number;
    live_deployment: string | null;
    blue_weight: Generated<number>;
    green_weight: Generated<number>;
    schema_version: number | null;
    route: MaybeJson<Route>;
    route_version: Generated<number>;
    database_since: MaybeMoment;
  };
  slots: {
    project: string;
    environment: string;
    colour: Colour;
    release: string;
    deployment: string;
    standby_until: MaybeMoment;
  };
  ships: {
    id: string;
    project: string;
    commit_sha: string;
    until: string | null;
    forced: Generated<boolean>;
    state: Generated<ShipState>;
    branch: string | null;
    position: Generated<string>;
    release: string | null;
    run: string | null;
    error: MaybeJson<ErrorReport>;
    abort: MaybeJson<{ reason: string }>;
    created_at: Moment;
    ended_at: MaybeMoment;
  };
  deployments: {
    id: string;
    project: string;
    environment: string;
    release: string;
    kind: DeploymentKind;
    phase: Generated<Phase>;
    reason: Generated<string>;
    code: ErrorCode | null;
    colour: Colour | null;
    replaces: string | null;
    health: ReleaseHealth | null;
    forced: Generated<boolean>;
    requested_by: string;
    ship: string | null;
    config: MaybeJson<ProjectConfig>;
    config_commit: string | null;
    config_committed_at: MaybeMoment;
    apply: string | null;
    abort: MaybeJson<AbortRequest>;
    verdict: MaybeJson<Verdict>;
    created_at: Moment;
    traffic_at: MaybeMoment;
    live_at: MaybeMoment;
    ended_at: MaybeMoment;
    recovered_at: MaybeMoment;
  };
  deployment_events: { id: Generated<string>; deployment: string; phase: Phase; reason: string; at: Moment };
  applies: {
    id: string;
    project: string;
    commit_sha: string;
    committed_at: Moment;
    digest: string;
    environments: MaybeJson<string[]>;
    requested_by: string;
    state: Generated<ApplyState>;
    outcomes: JSONColumnType<ApplyOutcome[], string | undefined, string>;
    error: MaybeJson<ErrorReport>;
    abort: MaybeJson<{ reason: string }>;
    created_at: Moment;
    ended_at: MaybeMoment;
  };
  drifts: {
    id: Generated<string>;
    project: string;
    environment: string;
    subject: DriftSubject;
    found: string;
    mend: string;
    seen_at: Moment;
    mended_at: MaybeMoment;
  };
  approvals: { deployment: string; person: string; at: Moment };
  holds: { project: string; environment: string; commit_sha: string; deployment: string; reason: string; at: Moment };
  runs: {
    id: string;
    project: string;
    commit_sha: string;
    jobs: MaybeJson<string[]>;
    state: Generated<RunState>;
    branch: string | null;
    scope: string | null;
    position: Generated<string>;
    reason: Generated<string>;
    config: MaybeJson<ProjectConfig>;
    stop: string | null;
    deployment: string | null;
    opened_at: MaybeMoment;
    push: Generated<boolean>;
    created_at: Moment;
    ended_at: MaybeMoment;
  };
  jobs: {
    run: string;
    name: string;
    position: number;
    key: string;
    state: Generated<JobState>;
    reason: Generated<string>;
    cached: Generated<boolean>;
    duration_ms: number | null;
    code: ErrorCode | null;
    spec: Json<GraphJob>;
    label: string | null;
    missing: Generated<number>;
    ready_at: MaybeMoment;
    executor: string | null;
    takes: Generated<number>;
    turn: Generated<string>;
    started_at: MaybeMoment;
    ended_at: MaybeMoment;
  };
  images: { run: string; id: string; reference: string; created_at: Moment; removed_at: MaybeMoment };
  needs: { run: string; job: string; need: string; must_pass: Generated<boolean> };
  evidence: {
    run: string;
    job: string;
    kind: EvidenceKind;
    figures: Json<Record<string, number>>;
    problems: Json<Problem[]>;
    problem_count: number;
    gap: string | null;
  };
  job_events: { id: Generated<string>; run: string; job: string; state: JobState; reason: string; at: Moment };
  secrets: { project: string; name: string; sealed: string; set_by: string; set_at: Moment };
  certificates: {
    project: string;
    environment: string;
    settings: string;
    source: TlsConfig['certificate'];
    hosts: string[];
    chain: string | null;
    sealed_key: string | null;
    fingerprint: string | null;
    issuer: string | null;
    not_before: MaybeMoment;
    not_after: MaybeMoment;
    order_url: string | null;
    order_key: string | null;
    next_at: Moment;
    failures: Generated<number>;
    problem: string | null;
  };
  acme_accounts: { directory: string; email: string; sealed_key: string };
  home: { one: Generated<boolean>; id: string; place: string };
  repositories: {
    project: string;
    url: string;
    provider: Provider;
    branches: string[];
    proved: string[];
    pull_requests: PullRequests;
    poll_ms: number | null;
    next_poll_at: MaybeMoment;
    poll_problem: string | null;
    poll_failures: Generated<number>;
    heads: Json<Record<string, string>>;
    secret: string;
    token: string | null;
    api: string | null;
    link: string | null;
    created_at: Moment;
  };
  triggers: {
    id: string;
    project: string;
    source: 'webhook' | 'poll';
    kind: 'push' | 'pull-request';
    ref: string;
    branch: string;
    fork: Generated<boolean>;
    commit_sha: string;
    delivery: string;
    digest: string;
    state: Generated<TriggerState>;
    reason: Generated<string>;
    ship: string | null;
    run: string | null;
    position: Generated<string>;
    reported: Generated<boolean>;
    created_at: Moment;
    ended_at: MaybeMoment;
  };
  commit_statuses: {
    trigger: string;
    context: string;
    told: string | null;
    attempts: Generated<number>;
    next_at: Moment;
    problem: string | null;
    gave_up: Generated<boolean>;
  };
  executions: {
    id: string;
    project: string;
    environment: string;
    instance: string;
    release: string;
    argv: Json<string[]>;
    terminal: boolean;
    requested_by: string;
    started_at: Moment;
    ended_at: MaybeMoment;
    exit_code: number | null;
    reason: string | null;
  };
  executors: {
    id: string;
    host: string;
    pid: number;
    labels: Generated<string[]>;
    concurrency: number | null;
    started_at: Moment;
    heartbeat_at: Moment;
  };
  edges: {
    name: string;
    id: string;
    address: string;
    enrolled_at: Moment;
    heartbeat_at: Moment;
    report: Json<EdgeReport>;
  };
  edge_secrets: { kind: EdgeSecretKind; name: string; digest: string; sealed: string; at: Moment };
  edge_drains: { id: Generated<string>; slot: string; spread_ms: number; timeout_ms: number; at: Moment };
  asset_contents: { digest: string; content: Buffer };
  asset_releases: { project: string; environment: string; release: string };
  asset_files: { project: string; environment: string; release: string; path: string; digest: string };
}
