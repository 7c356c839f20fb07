import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { getRequestListener } from '@hono/node-server';
import { reportOf } from '@kova/core/errors/kova-error';
import { ensureEdge } from '@kova/edge/launch';
import { apiAddress, edgeAddress, refuseElsewhere } from './addresses.ts';
import { createArtefacts } from './artefacts/artefacts.ts';
import { explainDiskFull } from './artefacts/disk-full.ts';
import { createBuilder, type LocalBuilder } from './build/builder.ts';
import { createCommits } from './build/commits.ts';
import { prepareToolchain } from './build/toolchain.ts';
import type { Context } from './context.ts';
import { edgeAt } from './edge-port.ts';
import { appIdentities } from './home/app-identities.ts';
import { writeControlRecord, writeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { lockedExitCode, lockHome } from './home/lock.ts';
import { processStart } from './home/process-start.ts';
import { tokenIn } from './home/token.ts';
import { appIdentity } from './home/unprivileged.ts';
import { type ApiServer, listenForApi } from './http/listen.ts';
import { createApi } from './http/server.ts';
import { createProcessRuntime, type ProcessRuntime } from './runtimes/process/process-runtime.ts';
import { createDatabases } from './services/postgres/databases.ts';
import { ensureStore, explainStart, type OwnStore } from './services/postgres/own-store.ts';
import { stopSince } from './stop.ts';
import { connectStore } from './store/connect.ts';
import { migrateStore } from './store/migrate.ts';
import { type Survivor, survey } from './survey.ts';
import { AnalysisWatcher } from './watch/analysis.ts';
import { keepDatabases } from './watch/databases.ts';
import { every } from './watch/every.ts';
import { reconcileRoutes } from './watch/reconcile.ts';
import { keepExecutors } from './watch/recover.ts';
import { pruneArtefacts } from './watch/retention.ts';
import { stopOldStandbys } from './watch/standby.ts';
import { openQueue, registerWorkflows, workflowVersion } from './workflows/register.ts';

/** The composition root: it alone knows which adapter implements which port. */
const home = homeAt(homePath());
const told = (what: string) => (error: unknown) => console.error(new Date().toISOString(), what, error);

interface Parts {
  ctx: Context;
  store: OwnStore;
  runtime: ProcessRuntime;
  builder: LocalBuilder;
}

async function assemble(): Promise<Parts> {
  const as = appIdentity();
  const store = await ensureStore(home);
  const db = connectStore(store.url);
  await migrateStore(db).catch(explainStart(store));
  const [edgeProcess, toolchain] = await Promise.all([startEdge(), prepareToolchain(home.toolchain, as)]);
  const databases = createDatabases(home);
  await keepDatabases({ db, databases }).catch(told('databases'));
  const identityOf = appIdentities(home.keys);
  const runtime = await createProcessRuntime({
    ...{ directory: join(home.slots, '.state'), logs: home.logs, as },
    asOf: (slot) => identityOf(...(slot.split('/', 2) as [string, string])),
  });
  const artefacts = createArtefacts(home.artefacts);
  const builder = createBuilder({ home, artefacts, as });
  const ctx: Context = {
    ...{ home, db, runtime, artefacts, builder, databases, identityOf },
    edge: edgeAt(edgeProcess.socketPath, edgeProcess.address),
    commits: createCommits(home.repositories),
    appPath: [toolchain.bin, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    edgeListen: edgeProcess.address,
    idleToken: await tokenIn(home.keys, 'idle-token'),
  };
  return { ctx, store, runtime, builder };
}

async function startEdge(): Promise<{ socketPath: string; address: string }> {
  const wanted = edgeAddress();
  const { listen, socketPath } = await ensureEdge({ dir: home.edge, listen: [wanted] });
  const address = listen[0] ?? wanted;
  refuseElsewhere({ edge: `http://${address}` });
  return { socketPath, address };
}

async function launchWorkflows({ ctx, store }: Parts) {
  const self = {
    id: `${hostname()}-${process.pid}-${await processStart(process.pid)}`,
    host: hostname(),
    pid: process.pid,
  };
  process.env.DBOS__VMID = self.id;
  DBOS.setConfig({
    name: 'kova',
    systemDatabaseUrl: store.url.reveal(),
    applicationVersion: workflowVersion,
    executorID: self.id,
    logLevel: process.env.KOVA_LOG_LEVEL ?? 'warn',
  });
  const workflows = registerWorkflows(ctx);
  await DBOS.launch();
  await openQueue();
  await keepExecutors(ctx.db, self);
  return { workflows, self };
}

function watch({ ctx, store }: Parts, self: Parameters<typeof keepExecutors>[1]): void {
  const analysis = new AnalysisWatcher(ctx);
  every(500, () => analysis.look(), told('analysis'));
  every(1000, () => reconcileRoutes(ctx), told('reconcile'));
  every(2000, () => store.keep(), told('store'));
  every(1000, async () => void (await startEdge()), told('edge'));
  every(2000, () => keepExecutors(ctx.db, self), told('executors'));
  every(5000, () => keepDatabases(ctx), told('databases'));
  every(5000, () => stopOldStandbys(ctx), told('standby'));
  every(600_000, () => pruneArtefacts(ctx), told('retention'));
}

/** Takes up the work that was in flight, and tells that Kova is ready. */
async function open(parts: Parts, server: ApiServer): Promise<void> {
  const { workflows, self } = await launchWorkflows(parts);
  watch(parts, self);
  const api = createApi({ ctx: parts.ctx, workflows }, await tokenIn(home.keys, 'api-token'));
  server.serve(getRequestListener(api.fetch));
  await writeControlRecord(home.root, { url: server.url, edge: `http://${parts.ctx.edgeListen}` });
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
    const { builder } = await starting;
    await builder.removeLeftovers().catch(told('builds'));
  } catch (error) {
    console.error(error);
    if (before) await stopSince(home, before).catch(told('stopping what was started'));
    await writeStartError(home.root, reportOf(explainDiskFull(error, 'starting', home.root)));
    process.exit(1);
  }
}

process.on('unhandledRejection', (error) => console.error(new Date().toISOString(), 'unhandled', error));
await main();
