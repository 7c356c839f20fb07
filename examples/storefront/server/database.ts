import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { log, messageOf } from './log'
import { processSingleton } from './process-singleton'

export function pool(): Pool {
  return processSingleton('pool', () =>
    createPool({
      max: Number(process.env.DATABASE_POOL ?? 10),
      connectionTimeoutMillis: 3000,
      statement_timeout: 5000,
      idleTimeoutMillis: 30_000,
      application_name: 'storefront',
    }),
  )
}

/** A connection of its own for health checks: a busy pool is not a dead database. */
export function healthPool(): Pool {
  return processSingleton('health-pool', () =>
    createPool({
      max: 1,
      connectionTimeoutMillis: 1000,
      query_timeout: 1000,
      idleTimeoutMillis: 60_000,
      application_name: 'storefront-health',
    }),
  )
}

/** Runs `work` in a transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool().connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

function createPool(config: PoolConfig): Pool {
  const created = new Pool({
    connectionString: databaseUrl(),
    keepAlive: true,
    ...config,
  })
  created.on('error', (error) => {
    log('warn', 'an idle database connection was lost', {
      error: messageOf(error),
    })
  })
  return created
}

export function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error('DATABASE_URL is not set')
  return url
}
