import { DBOS } from '@dbos-inc/dbos-sdk';
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils';
import type { Secret } from '@kova/core/secret';
import pg from 'pg';
import { openQueues, workflowVersion } from './register.ts';

/** DBOS would wait up to 90 s; users may be on a bad release meanwhile. */
const longestPauseSeconds = 2;
const connections = 10;

/**
 * Launches DBOS on the store, with this process as the executor of that id, and opens the queues of the environments.
 * What it does is tried again for as long as Postgres is away. To be called when the workflows are registered.
 */
export async function launchWorkflows(url: Secret, executorId: string): Promise<void> {
  process.env.DBOS__VMID = executorId;
  dbRetryConfig.maxBackoffSec = longestPauseSeconds;
  DBOS.setConfig({
    name: 'kova',
    systemDatabaseUrl: url.reveal(),
    systemDatabasePool: keptAlive(url),
    applicationVersion: workflowVersion,
    executorID: executorId,
    logLevel: process.env.KOVA_LOG_LEVEL ?? 'warn',
  });
  await DBOS.launch();
  await openQueues();
}

/** A network that swallows all is noticed by the kernel: DBOS sets no limit to a query. */
function keptAlive(url: Secret): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    application_name: 'kova-workflows',
    max: connections,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without a listener a lost connection would end the process.
  pool.on('error', () => {});
  return pool;
}
