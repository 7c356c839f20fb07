import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { delimiter } from 'node:path';
import { reportOf } from '@kova/core/errors/kova-error';
import { controlLabel } from '@kova/core/pipeline/image-job';
import { together } from '@kova/core/together';
import { apiAddress } from './addresses.ts';
import { explainDiskFull } from './artefacts/disk-full.ts';
import { createCommits } from './build/commits.ts';
import { prepareToolchain } from './build/toolchain.ts';
import { CertificateKeeper } from './certificates/keeper.ts';
import type { Context } from './context.ts';
import { edgeAt } from './edge-port.ts';
import { AllEdges } from './edges/all-edges.ts';
import { edgeKey } from './edges/edge-key.ts';
import { Followers } from './edges/followers.ts';
import { homeMark } from './engine/labels.ts';
import { appIdentities } from './home/app-identities.ts';
import { writeControlRecord, writeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { lockedExitCode, lockHome } from './home/lock.ts';
import { createSeal } from './home/seal.ts';
import { tokenIn } from './home/token.ts';
import { appIdentity } from './home/unprivileged.ts';
import { ExecSessions } from './http/exec/sessions.ts';
import { type ApiServer, listenForApi } from './http/listen.ts';
import { createApi } from './http/server.ts';
import { assembleJobs } from './job-parts.ts';
import type { LocalJobRunner } from './pipeline/runner.ts';
import type { Edge } from './ports/edge.ts';
import { say, told } from './process-log.ts';
import type { ChosenRuntime } from './runtimes/chosen-runtime.ts';
import { openMigrator } from './runtimes/migrator/open.ts';
import { openRuntimes } from './runtimes/open.ts';
import type { InstanceEvent } from './runtimes/slot/surroundings.ts';
import { createDockerServices } from './services/docker/docker-services.ts';
import { ensureStore, explainStart, type OwnStore } from './services/postgres/own-store.ts';
import { createProcessServices } from './services/process-services.ts';
import { createServices } from './services/services.ts';
import { startEdge } from './start-edge.ts';
import { giteaStatuses } from './statuses/gitea.ts';
import { githubStatuses } from './statuses/github.ts';
import { gitlabStatuses } from './statuses/gitlab.ts';
import { stopSince } from './stop.ts';
import type { Bell } from './store/bell.ts';
import { connectStore, type Store } from './store/connect.ts';
import { endAllExecutions } from './store/executions.ts';
import { type Executor, enrol } from './store/executors.ts';
import { bindStore } from './store/home.ts';
import type { Taker } from './store/job-queue.ts';
import { migrateStoreAt } from './store/migrate.ts';
import { type Survivor, survey } from './survey.ts';
import { ExecutorWatch } from './watch/executors.ts';
import { MovedInstances } from './watch/moved.ts';
import { recoverWorkflows } from './watch/recover.ts';
import { startAccepted } from './watch/resume.ts';
import { keepServices } from './watch/services.ts';
import { watchOver } from './watch/watch-over.ts';
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
  edges: AllEdges;
  jobs: LocalJobRunner;
}

async function assemble(): Promise<Parts> {
  const as = appIdentity();
  const [store, edgeProcess, toolchain] = await together([
    ensureStore(home),
    startEdge(home),
    prepareToolchain(home.toolchain, as),
  ] as const);
  const db = connectStore(store.url);
  await migrateStoreAt(store.url).catch(explainStart(store));
  const homeId = await tokenIn(home.root, 'home-id');
  await bindStore(db, homeId.reveal(), `${home.root} on ${hostname()}`);
  const services = createServices(home, {
    process: () => createProcessServices(home),
    kubernetes: () => createProcessServices(home),
    swarm: () => createProcessServices(home),
    docker: () => createDockerServices({ env: process.env, home, mark: homeMark(homeId) }),
  });
  await keepServices({ db, services }).catch(told('services'));
  const identityOf = appIdentities(home.keys);
  let moved: MovedInstances | null = null;
  const onEvent = (event: InstanceEvent) => {
    tellIllness(event);
    moved?.note(event.instance);
  };
  const { credentialsOf, ...parts } = await assembleJobs({ home, env: process.env, db, url: store.url, as });
  const runtime = await openRuntimes({ home, as, identityOf, onEvent, credentialsOf });
  const appPath = [toolchain.bin, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  const migrator = openMigrator({ home, identityOf, path: appPath });
  void migrator.endLeftovers().catch(told('migrations'));
  const ownEdge = edgeAt(edgeProcess.socketPath, edgeProcess.address);
  const { edges, followers } = await openEdges(ownEdge, db, parts.bell);
  const ctx: Context = {
    ...{ home, db, runtime, migrator, services, identityOf, ...parts, ownEdge, followers },
    edge: edges,
    commits: createCommits(home.repositories),
    statuses: { github: githubStatuses, gitlab: gitlabStatuses, gitea: giteaStatuses },
    appPath,
    edgeListen: edgeProcess.address,
    edgeTls: edgeProcess.tls,
    idleToken: await tokenIn(home.keys, 'idle-token'),
  };
  moved = new MovedInstances(ctx, told('moved instances'));
  return { ctx, store, runtime, edges, jobs: parts.jobs };
}

/** The edge of the home together with those that follow it from other machines. */
async function openEdges(own: Edge, db: Store, bell: Bell) {
  const followers = new Followers(db, bell);
  const seal = createSeal(await edgeKey(home.keys, process.env));
  return { followers, edges: new AllEdges({ own, followers, db, seal }) };
}

/** An instance that ends unasked is written into the control plane's log, with its reason. */
function tellIllness({ kind, instance: { id, release, state, reason } }: InstanceEvent): void {
  if (kind !== 'state' || (state !== 'backing-off' && state !== 'crash-looped')) return;
  say(`instance ${id} of ${release} is ${state}: ${reason}`);
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

/** Takes up the work that was in flight, and tells that Kova is ready. */
async function open(parts: Parts, server: ApiServer, sessions: ExecSessions): Promise<void> {
  await endAllExecutions(parts.ctx.db, 'Kova ended');
  const work = await takeUpWork(parts);
  const certificates = new CertificateKeeper(parts.ctx);
  const { workflows, look: lookAtExecutors } = work;
  watchOver({
    ...{ ctx: parts.ctx, certificates, workflows, lookAtExecutors },
    keepStore: () => parts.store.keep(),
    shareWithEdges: () => parts.edges.share(),
  });
  const api = createApi({ ctx: parts.ctx, workflows, certificates }, sessions, await tokenIn(home.keys, 'api-token'));
  server.serve(api.fetch);
  const { edgeListen, edgeTls } = parts.ctx;
  const edges = { edge: `http://${edgeListen}`, ...(edgeTls && { edgeTls: `https://${edgeTls.listen}` }) };
  await writeControlRecord(home.root, { url: server.url, ...edges });
  console.log(`ready at ${server.url}`);
}

async function start(): Promise<Parts & { sessions: ExecSessions }> {
  const server = await listenForApi(apiAddress());
  const parts = await assemble();
  const sessions = new ExecSessions(parts.ctx);
  await open(parts, server, sessions).catch((error) => {
    parts.runtime.close();
    throw error;
  });
  return { ...parts, sessions };
}

/**
 * Work in flight is durable: the process may end at any moment and goes on where it was when it is started again. Only
 * what it is just starting must first be there to be found, and commands in instances end with it.
 */
function endWhenAsked(starting: Promise<{ sessions: ExecSessions }>): void {
  const end = async () => (await starting).sessions.close('Kova is being stopped');
  process.on(
    'SIGTERM',
    () =>
      void end()
        .catch(() => undefined)
        .finally(() => process.exit(0)),
  );
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
