import { createServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { getRequestListener } from '@hono/node-server';
import { reportOf } from '@kova/core/errors/kova-error';
import { ensureEdge, stopEdge } from '@kova/edge/launch';
import { createArtefacts } from './artefacts/artefacts.ts';
import { createBuilder, type LocalBuilder } from './build/builder.ts';
import { createCommits } from './build/commits.ts';
import { prepareToolchain } from './build/toolchain.ts';
import type { Context } from './context.ts';
import { edgeAt } from './edge-port.ts';
import { writeControlRecord, writeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { processStart } from './home/process-start.ts';
import { tokenIn } from './home/token.ts';
import { appIdentity } from './home/unprivileged.ts';
import { createApi } from './http/server.ts';
import { createProcessRuntime, type ProcessRuntime } from './runtimes/process/process-runtime.ts';
import { createDatabases } from './services/postgres/databases.ts';
import { ensureStore, type OwnStore } from './services/postgres/own-store.ts';
import { connectStore } from './store/connect.ts';
import { migrateStore } from './store/migrate.ts';
import { AnalysisWatcher } from './watch/analysis.ts';
import { every } from './watch/every.ts';
import { reconcileRoutes } from './watch/reconcile.ts';
import { keepExecutors } from './watch/recover.ts';
import { pruneArtefacts } from './watch/retention.ts';
import { stopOldStandbys } from './watch/standby.ts';
import { startRecorded } from './workflows/recorded.ts';
import { openQueue, registerWorkflows, workflowVersion } from './workflows/register.ts';

/** The composition root: it alone knows which adapter implements which port. */
const home = homeAt(homePath());
const listen = { host: '127.0.0.1', port: Number(process.env.KOVA_PORT ?? 4700) };
const edgeListen = process.env.KOVA_EDGE_LISTEN ?? '127.0.0.1:4780';

interface Parts {
  ctx: Context;
  store: OwnStore;
  runtime: ProcessRuntime;
  builder: LocalBuilder;
}

async function assemble(): Promise<Parts> {
  await prepareHome(home);
  const as = appIdentity();
  const [store, edgeProcess, toolchain] = await Promise.all([
    ensureStore(home),
    ensureEdge({ dir: home.edge, listen: [edgeListen] }),
    prepareToolchain(home.toolchain, as),
  ]);
  const db = connectStore(store.url);
  await migrateStore(db);
  const runtime = await createProcessRuntime({ directory: join(home.slots, '.state'), logs: home.logs, as });
  const artefacts = createArtefacts(home.artefacts);
  const builder = createBuilder({ home, artefacts, as });
  const address = edgeProcess.listen[0] ?? edgeListen;
  const ctx: Context = {
    ...{ home, db, runtime, artefacts, builder, as },
    edge: edgeAt(edgeProcess.socketPath, address),
    databases: createDatabases(home),
    commits: createCommits(home.repositories),
    appPath: [toolchain.bin, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    edgeListen: address,
    idleToken: await tokenIn(home.keys, 'idle-token'),
  };
  return { ctx, store, runtime, builder };
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
  await startRecorded(ctx, workflows);
  return { workflows, self };
}

function watch({ ctx }: Parts, self: Parameters<typeof keepExecutors>[1]): () => void {
  const analysis = new AnalysisWatcher(ctx);
  const told = (what: string) => (error: unknown) => console.error(new Date().toISOString(), what, error);
  const stops = [
    every(500, () => analysis.look(), told('analysis')),
    every(1000, () => reconcileRoutes(ctx), told('reconcile')),
    every(2000, () => keepExecutors(ctx.db, self), told('executors')),
    every(5000, () => stopOldStandbys(ctx), told('standby')),
    every(600_000, () => pruneArtefacts(ctx), told('retention')),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Ends everything that runs: instances, edge, databases, then this process. */
async function shutDown({ ctx, store, runtime }: Parts, stopWatching: () => void): Promise<void> {
  stopWatching();
  await Promise.allSettled((await ctx.runtime.slots()).map(({ slot }) => ctx.runtime.stop(slot)));
  runtime.close();
  await stopEdge(home.edge, { drainMs: 1000 });
  const rows = await ctx.db.selectFrom('environments').select(['project', 'name']).execute();
  await Promise.allSettled(rows.map(({ project, name }) => ctx.databases.stop(project, name)));
  await DBOS.shutdown({ workflowCompletionTimeoutMS: 0 }).catch(() => undefined);
  await ctx.db.destroy();
  await store.stop();
  process.exit(0);
}

async function serve(parts: Parts, stopWatching: () => void, workflows: ReturnType<typeof registerWorkflows>) {
  const token = await tokenIn(home.keys, 'api-token');
  const api = createApi({ ctx: parts.ctx, workflows }, token, () => void shutDown(parts, stopWatching));
  const server = createServer(getRequestListener(api.fetch));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const url = `http://${listen.host}:${(server.address() as { port: number }).port}`;
  await writeControlRecord(home.root, url, `http://${parts.ctx.edgeListen}`);
  console.log(`ready at ${url}`);
}

async function main(): Promise<void> {
  const parts = await assemble();
  const { workflows, self } = await launchWorkflows(parts);
  const stopWatching = watch(parts, self);
  await serve(parts, stopWatching, workflows);
  await parts.builder.removeLeftovers();
  // At its end Node would write it too, but a process that is killed has none.
  flushCompileCache();
}

// Work in flight is durable: the process may end at any moment and goes on where it was when it is started again.
process.on('SIGTERM', () => process.exit(0));
process.on('unhandledRejection', (error) => console.error(new Date().toISOString(), 'unhandled', error));
await main().catch(async (error) => {
  console.error(error);
  await writeStartError(home.root, reportOf(error));
  process.exit(1);
});
