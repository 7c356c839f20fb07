import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { delimiter } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { reportOf } from '@kova/core/errors/kova-error';
import { controlLabel } from '@kova/core/pipeline/image-job';
import { together } from '@kova/core/together';
import { awaitEdge, ensureEdge } from '@kova/edge/launch';
import {
  apiAddress,
  edgeAddress,
  edgeTlsAddress,
  isEdgeExternal,
  publicTlsPort,
  refuseElsewhere,
} from './addresses.ts';
import { explainDiskFull } from './artefacts/disk-full.ts';
import { createCommits } from './build/commits.ts';
import { prepareToolchain } from './build/toolchain.ts';
import { CertificateKeeper } from './certificates/keeper.ts';
import type { Context } from './context.ts';
import { edgeAt } from './edge-port.ts';
import { homeMark } from './engine/labels.ts';
import { appIdentities } from './home/app-identities.ts';
import { writeControlRecord, writeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { lockedExitCode, lockHome } from './home/lock.ts';
import { tokenIn } from './home/token.ts';
import { appIdentity } from './home/unprivileged.ts';
import { type ApiServer, listenForApi } from './http/listen.ts';
import { createApi } from './http/server.ts';
import { assembleJobs } from './job-parts.ts';
import type { LocalJobRunner } from './pipeline/runner.ts';
import { say, told } from './process-log.ts';
import type { ChosenRuntime } from './runtimes/chosen-runtime.ts';
import { openRuntimes } from './runtimes/open.ts';
import type { InstanceEvent } from './runtimes/slot/surroundings.ts';
import { createDockerServices } from './services/docker/docker-services.ts';
import { ensureStore, explainStart, type OwnStore } from './services/postgres/own-store.ts';
import { createProcessServices } from './services/process-services.ts';
import { createServices } from './services/services.ts';
import { giteaStatuses } from './statuses/gitea.ts';
import { githubStatuses } from './statuses/github.ts';
import { gitlabStatuses } from './statuses/gitlab.ts';
import { stopSince } from './stop.ts';
import { connectStore } from './store/connect.ts';
import { type Executor, enrol } from './store/executors.ts';
import { bindStore } from './store/home.ts';
import type { Taker } from './store/job-queue.ts';
import { migrateStoreAt } from './store/migrate.ts';
import { type Survivor, survey } from './survey.ts';
import { AnalysisWatcher } from './watch/analysis.ts';
import { DriftWatch } from './watch/drift.ts';
import { every } from './watch/every.ts';
import { ExecutorWatch } from './watch/executors.ts';
import { pollRepositories } from './watch/poll.ts';
import { Reconciler } from './watch/reconcile.ts';
import { recoverWorkflows } from './watch/recover.ts';
import { resendSignals, startAccepted } from './watch/resume.ts';
import { cleanUp } from './watch/retention.ts';
import { keepServices, mendServices } from './watch/services.ts';
import { stopOldStandbys } from './watch/standby.ts';
import { tellStatuses } from './watch/statuses.ts';
import { lookAfterWaiting } from './watch/waiting.ts';
import { JobWorker } from './worker/job-worker.ts';
import { thisProcess } from './worker/self.ts';
import { jobsOfControl } from './worker/settings.ts';
import { launchWorkflows } from './workflows/launch.ts';
import { registerWorkflows } from './workflows/register.ts';

/** The composition root: it alone knows which adapter implements which port. */
const home = homeAt(homePath());
interface Parts {
  ctx: Context;
  store: OwnStore;
  runtime: ChosenRuntime;
  jobs: LocalJobRunner;
}

async function assemble(): Promise<Parts> {
  const as = appIdentity();
  const [store, edgeProcess, toolchain] = await together([
    ensureStore(home),
    startEdge(),
    prepareToolchain(home.toolchain, as),
  ] as const);
  const db = connectStore(store.url);
  await migrateStoreAt(store.url).catch(explainStart(store));
  const homeId = await tokenIn(home.root, 'home-id');
  await bindStore(db, homeId.reveal(), `${home.root} on ${hostname()}`);
  const services = createServices(home, {
    process: () => createProcessServices(home),
    kubernetes: () => createProcessServices(home),
    docker: () => createDockerServices({ env: process.env, home, mark: homeMark(homeId) }),
  });
  await keepServices({ db, services }).catch(told('services'));
  const identityOf = appIdentities(home.keys);
  const runtime = await openRuntimes({ home, as, identityOf, onEvent: tellIllness });
  const parts = await assembleJobs({ home, env: process.env, db, url: store.url, as });
  const ctx: Context = {
    ...{ home, db, runtime, services, identityOf, ...parts },
    edge: edgeAt(edgeProcess.socketPath, edgeProcess.address),
    commits: createCommits(home.repositories),
    statuses: { github: githubStatuses, gitlab: gitlabStatuses, gitea: giteaStatuses },
    appPath: [toolchain.bin, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    edgeListen: edgeProcess.address,
    edgeTls: edgeProcess.tls,
    idleToken: await tokenIn(home.keys, 'idle-token'),
  };
  return { ctx, store, runtime, jobs: parts.jobs };
}

/** An instance that ends unasked is written into the control plane's log, with its reason. */
function tellIllness({ kind, instance: { id, release, state, reason } }: InstanceEvent): void {
  if (kind !== 'state' || (state !== 'backing-off' && state !== 'crash-looped')) return;
  say(`instance ${id} of ${release} is ${state}: ${reason}`);
}

async function startEdge(): Promise<{ socketPath: string; address: string; tls: Context['edgeTls'] }> {
  const [wanted, wantedTls] = [edgeAddress(), edgeTlsAddress()];
  const options = { dir: home.edge, listen: [wanted], listenTls: wantedTls === null ? [] : [wantedTls] };
  const { listen, listenTls, socketPath } = isEdgeExternal() ? await awaitEdge(home.edge) : await ensureEdge(options);
  const address = listen[0] ?? wanted;
  const [tls] = listenTls;
  refuseElsewhere({ edge: `http://${address}`, ...(tls && { edgeTls: `https://${tls}` }) });
  const port = Number(tls?.split(':').at(-1));
  return { socketPath, address, tls: tls ? { listen: tls, port: publicTlsPort(port) } : null };
}

async function takeUpWork({ ctx, store, jobs }: Parts) {
  const self = await thisProcess({ labels: [], concurrency: jobsOfControl() });
  const workflows = registerWorkflows(ctx);
  const watching = new ExecutorWatch(ctx.db, self, {
    onDeclaredDead: () => {
      say('declared dead by another process, which has taken over: ending');
      process.exit(1);
    },
    endLeftovers: () => jobs.endLeftovers(),
    onHandedBack: () => {
      ctx.bell.ring('jobs');
      void jobs.removeLeftovers().catch(told('builds'));
    },
  });
  const look = async () => {
    await watching.look();
    await recoverWorkflows(ctx.db);
  };
  await enrol(ctx.db, self);
  ctx.bell.open();
  await launchWorkflows(store.url, self.id);
  await look();
  await startAccepted(ctx, workflows);
  new JobWorker(ctx, withImages(self), told('jobs')).start();
  return { workflows, look };
}

/** The control plane alone makes images; where workers run the jobs, it takes nothing else. */
function withImages(self: Executor): Taker {
  const labels = [...self.labels, controlLabel];
  return self.concurrency === 0 ? { ...self, labels, concurrency: 1, choosy: true } : { ...self, labels };
}

function watch(
  { ctx, store }: Parts,
  certificates: CertificateKeeper,
  { workflows, look }: Awaited<ReturnType<typeof takeUpWork>>,
): void {
  const analysis = new AnalysisWatcher(ctx);
  const reconciler = new Reconciler(ctx);
  const drift = new DriftWatch(ctx);
  every(500, () => analysis.look(), told('analysis'));
  every(1000, () => reconciler.look(), told('reconcile'));
  every(2000, () => certificates.look(), told('certificates'));
  every(5000, () => drift.look(), told('drift'));
  every(2000, () => store.keep(), told('store'));
  every(1000, async () => void (await startEdge()), told('edge'));
  every(1000, look, told('executors'));
  every(2000, () => lookAfterWaiting(ctx), told('waiting'));
  every(2000, () => resendSignals(ctx), told('signals'));
  every(500, () => pollRepositories(ctx, workflows), told('poll'));
  every(1000, () => tellStatuses(ctx), told('statuses'));
  every(5000, () => mendServices(ctx), told('services'));
  every(5000, () => stopOldStandbys(ctx), told('standby'));
  every(600_000, () => cleanUp(ctx), told('retention'));
  every(600_000, async () => void (await ctx.jobs.prune()), told('results'));
}

/** Takes up the work that was in flight, and tells that Kova is ready. */
async function open(parts: Parts, server: ApiServer): Promise<void> {
  const work = await takeUpWork(parts);
  const certificates = new CertificateKeeper(parts.ctx);
  watch(parts, certificates, work);
  const { workflows } = work;
  const api = createApi({ ctx: parts.ctx, workflows, certificates }, await tokenIn(home.keys, 'api-token'));
  server.serve(getRequestListener(api.fetch));
  const { edgeListen, edgeTls } = parts.ctx;
  const edges = { edge: `http://${edgeListen}`, ...(edgeTls && { edgeTls: `https://${edgeTls.listen}` }) };
  await writeControlRecord(home.root, { url: server.url, ...edges });
  console.log(`ready at ${server.url}`);
}

async function start(): Promise<Parts> {
  const server = await listenForApi(apiAddress());
  const parts = await assemble();
  await open(parts, server).catch((error) => {
    parts.runtime.close();
    throw error;
  });
  return parts;
}

/**
 * Work in flight is durable: the process may end at any moment and goes on where it was when it is started again. Only
 * what it is just starting must first be there to be found.
 */
function endWhenAsked(starting: Promise<unknown>): void {
  process.on('SIGTERM', () => void starting.catch(() => undefined).finally(() => process.exit(0)));
}

/** Ends with what went wrong in a file for the one who waits, and nothing that this process has started. */
async function main(): Promise<void> {
  process.umask(0o022);
  let before: Survivor[] | undefined;
  try {
    await prepareHome(home);
    if (!(await lockHome(home.root))) process.exit(lockedExitCode);
    await writeControlRecord(home.root, null);
    before = await survey(home);
    const starting = start();
    endWhenAsked(starting);
    const { jobs } = await starting;
    await jobs.removeLeftovers().catch(told('builds'));
    await jobs.prepare().catch(told('jobs'));
    // At its end Node would write it too, but a process that is killed has none.
    flushCompileCache();
  } catch (error) {
    console.error(error);
    if (before) await stopSince(home, before).catch(told('stopping what was started'));
    await writeStartError(home.root, reportOf(explainDiskFull(error, 'starting', home.root)));
    process.exit(1);
  }
}

process.on('unhandledRejection', (error) => say('unhandled', error));
await main();
