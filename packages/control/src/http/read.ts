import type { Deployment } from '@kova/core/deployment/deployment';
import { isInFlight } from '@kova/core/deployment/phase';
import { scorecard } from '@kova/core/dora/delivery';
import { hostsOf } from '@kova/core/environment/hosts';
import { otherColour, slotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { type CertificateRecord, findCertificate } from '../store/certificates.ts';
import { deploymentRows, findDeployment, toDeployment } from '../store/deployments.ts';
import { environmentNames, readEnvironment, releaseIn, type SlotRecord } from '../store/environments.ts';
import { heldCommits } from '../store/holds.ts';
import { jobsOf } from '../store/jobs.ts';
import { type Run, runRows, toRun } from '../store/runs.ts';
import { readEdges } from './edges.ts';
import { configurationInForce, driftOf } from './environment-state.ts';
import type { DeploymentView, EnvironmentView, ReleaseView, ScorecardView, ShipView, StatusView } from './views.ts';
import { readWorkers } from './workers.ts';

export const version = '0.1.0';

export function viewOf(deployment: Deployment): DeploymentView {
  const { replaces, forced, createdAt, trafficAt, liveAt, endedAt, ...rest } = deployment;
  const text = (moment: Date | null) => moment?.toISOString() ?? null;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    trafficAt: text(trafficAt),
    liveAt: text(liveAt),
    endedAt: text(endedAt),
  };
}

export async function readStatus(ctx: Context): Promise<StatusView> {
  const rows = await ctx.db
    .selectFrom('environments')
    .select(['project', 'name'])
    .orderBy('project')
    .orderBy('position')
    .execute();
  const projects = new Map<string, EnvironmentView[]>();
  for (const { project, name } of rows) {
    projects.set(project, [...(projects.get(project) ?? []), await readEnvironmentView(ctx, project, name)]);
  }
  const list = [...projects].map(([name, environments]) => ({ name, environments }));
  const [workers, edges] = [await readWorkers(ctx), await readEdges(ctx)];
  return { version, edge: ctx.edgeListen, projects: list, workers, edges };
}

async function readEnvironmentView(ctx: Context, project: string, name: string): Promise<EnvironmentView> {
  const environment = await readEnvironment(ctx.db, project, name);
  const open = await deploymentRows(ctx.db)
    .where('deployments.project', '=', project)
    .where('environment', '=', name)
    .where('ended_at', 'is', null)
    .orderBy('deployments.created_at')
    .execute();
  const views = open.map((row) => viewOf(toDeployment(row)));
  const inFlight = views.find((view) => isInFlight(view.phase)) ?? null;
  const { live } = environment;
  const standby =
    live && environment.slots.find((slot) => slot.colour === otherColour(live.colour) && slot.standbyUntil);
  const slots = environment.slots.map((slot) => slotId(project, name, slot.colour));
  const instances = (await Promise.all(slots.map((slot) => ctx.runtime.instances(slot)))).flat();
  const certificate = await findCertificate(ctx.db, { project, environment: name });
  return {
    name,
    url: await urlOf(ctx, project, name, environment.slots, certificate),
    live: views.find((view) => view.id === environment.liveDeployment) ?? null,
    inFlight,
    queued: views.filter((view) => view.phase === 'queued'),
    standby: standby ? { release: standby.release, until: standby.standbyUntil?.toISOString() ?? null } : null,
    weights: environment.weights,
    instances: instances.map(({ id, release, state, address, restarts, reason, pid }) => ({
      ...{ id, release, state, restarts, reason, pid },
      address: `${address.host}:${address.port}`,
    })),
    services: await servicesOf(ctx, project, name, environment.live ?? environment.slots[0]),
    checks: inFlight && (await checksUnderWay(ctx, inFlight.id)),
    tls: tlsOf(ctx, certificate),
    configuration: live && (await configurationInForce(ctx, live.deployment)),
    drift: await driftOf(ctx, project, name),
    held: [...(await heldCommits(ctx.db, project, name))].map(([commit, reason]) => ({ commit, reason })),
  };
}

async function servicesOf(ctx: Context, project: string, environment: string, slot: SlotRecord | null | undefined) {
  if (!slot) return [];
  const { config } = await releaseIn(ctx.db, slot);
  return ctx.services.states({ project, environment, config });
}

async function checksUnderWay(ctx: Context, deployment: string): Promise<EnvironmentView['checks']> {
  const run = await ctx.db.selectFrom('runs').select('id').where('deployment', '=', deployment).executeTakeFirst();
  if (!run) return null;
  const jobs = await jobsOf(ctx.db, run.id);
  return { run: run.id, jobs: jobs.map(({ name, state }) => ({ name, state })) };
}

async function urlOf(
  ctx: Context,
  project: string,
  name: string,
  [slot]: readonly SlotRecord[],
  certificate: CertificateRecord | null,
): Promise<string> {
  const host = slot ? hostsOf((await releaseIn(ctx.db, slot)).config, name)[0] : `${name}.${project}.localhost`;
  if (!ctx.edgeTls || !certificate?.fingerprint) return `http://${host}:${ctx.edgeListen.split(':').at(-1)}`;
  return `https://${host}${ctx.edgeTls.port === 443 ? '' : `:${ctx.edgeTls.port}`}`;
}

function tlsOf(ctx: Context, certificate: CertificateRecord | null): EnvironmentView['tls'] {
  if (!certificate) return null;
  const nowhere = ctx.edgeTls ? null : 'the edge ends TLS nowhere: set KOVA_EDGE_TLS_LISTEN and start it again';
  return { notAfter: certificate.notAfter?.toISOString() ?? null, problem: certificate.problem ?? nowhere };
}

export async function readDeployment(ctx: Context, id: string): Promise<DeploymentView> {
  const deployment = await findDeployment(ctx.db, id);
  if (!deployment) throw new KovaError('NOT_FOUND', `there is no deployment ${id}`);
  return viewOf(deployment);
}

export async function readShip(ctx: Context, id: string): Promise<ShipView> {
  const row = await ctx.db.selectFrom('ships').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new KovaError('NOT_FOUND', `there is no ship ${id}`);
  const deployments = await deploymentRows(ctx.db).where('ship', '=', id).orderBy('deployments.created_at').execute();
  const { project, commit_sha: commit, state, branch, run, release, error } = row;
  return {
    id,
    project,
    commit,
    ...{ state, branch, run, release, error },
    deployments: deployments.map((each) => viewOf(toDeployment(each))),
  };
}

export async function readReleases(ctx: Context, project: string): Promise<ReleaseView[]> {
  const rows = await ctx.db
    .selectFrom('releases')
    .selectAll()
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .execute();
  const live = await ctx.db
    .selectFrom('environments')
    .innerJoin('deployments', 'deployments.id', 'environments.live_deployment')
    .select(['environments.name', 'deployments.release'])
    .where('environments.project', '=', project)
    .execute();
  const checks = await runRows(ctx.db)
    .select(['deployments.release'])
    .where('runs.project', '=', project)
    .where('runs.deployment', 'is not', null)
    .orderBy('runs.created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    project,
    commit: row.commit_sha,
    message: row.message,
    author: row.author,
    artefact: row.artefact,
    artefactBytes: Number(row.artefact_bytes),
    image: row.image,
    createdAt: row.created_at.toISOString(),
    liveIn: live.filter(({ release }) => release === row.id).map(({ name }) => name),
    run: row.run,
    checks: checks.filter(({ release }) => release === row.id).flatMap((run) => checkView(toRun(run))),
  }));
}

function checkView({ id: run, check, state, reason }: Run): ReleaseView['checks'] {
  return check ? [{ ...check, run, state, reason }] : [];
}

/** The delivery metrics over the last `days`, of production or else of the last environment. */
export async function readScorecard(ctx: Context, project: string, days: number): Promise<ScorecardView> {
  const names = await environmentNames(ctx.db, project);
  const counted = names.includes('production') ? 'production' : (names.at(-1) ?? '');
  const rows = await ctx.db
    .selectFrom('deployments')
    .innerJoin('releases', 'releases.id', 'deployments.release')
    .selectAll('deployments')
    .select(({ fn }) => [
      fn.coalesce('config_commit', 'releases.commit_sha').as('changed_by'),
      fn.coalesce('config_committed_at', 'releases.committed_at').as('changed_at'),
    ])
    .where('deployments.project', '=', project)
    .where('environment', '=', counted)
    .where('traffic_at', 'is not', null)
    .execute();
  const to = new Date();
  const ledger = rows.map((row) => ({
    deployment: row.id,
    commit: row.changed_by,
    kind: row.kind,
    committedAt: row.changed_at,
    liveAt: row.live_at,
    trafficAt: row.traffic_at ?? row.created_at,
    failed: row.health === 'failed',
    recoveredAt: row.recovered_at,
  }));
  const card = scorecard(ledger, new Date(to.getTime() - days * 86_400_000), to);
  return { ...card, from: card.from.toISOString(), to: card.to.toISOString() };
}
