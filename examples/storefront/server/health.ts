import { cacheAnswers } from './cache'
import { healthPool } from './database'
import { messageOf } from './log'
import { release } from './release'

/** The newest migration this code needs. */
export const NEEDS_SCHEMA = 4

export type Check = { ok: boolean; ms: number; error?: string }
type SchemaCheck = Check & { version?: number; needs: number }

/** `degraded` still serves: only the optional cache is missing. */
export type Health = {
  status: 'ok' | 'degraded' | 'failing'
  release: string
  checks: { postgres: Check; schema: SchemaCheck; redis?: Check }
}

export async function checkHealth(): Promise<Health> {
  const [postgres, redis] = await Promise.all([timed(pingPostgres), checkRedis()])
  const schema = postgres.ok ? await checkSchema() : unknownSchema()
  const serving = postgres.ok && schema.ok
  const status = serving ? (redis?.ok === false ? 'degraded' : 'ok') : 'failing'
  return {
    status,
    release: release().id,
    checks: { postgres, schema, ...(redis && { redis }) },
  }
}

async function pingPostgres(): Promise<void> {
  await healthPool().query('select 1')
}

async function checkSchema(): Promise<SchemaCheck> {
  let version: number | undefined
  const check = await timed(async () => {
    const { rows } = await healthPool().query<{ version: number | null }>(
      'select max(version) as version from schema_migrations',
    )
    version = rows[0]?.version ?? 0
    if (version < NEEDS_SCHEMA) throw new Error('The database is behind: run db:migrate.')
  })
  return { ...check, version, needs: NEEDS_SCHEMA }
}

function unknownSchema(): SchemaCheck {
  return {
    ok: false,
    ms: 0,
    needs: NEEDS_SCHEMA,
    error: 'Not checked: Postgres does not answer.',
  }
}

async function checkRedis(): Promise<Check | undefined> {
  if (!process.env.REDIS_URL) return undefined
  return timed(async () => {
    if (!(await cacheAnswers())) throw new Error('Redis does not answer.')
  })
}

async function timed(work: () => Promise<void>): Promise<Check> {
  const started = performance.now()
  const ms = () => Math.round((performance.now() - started) * 10) / 10
  try {
    await work()
    return { ok: true, ms: ms() }
  } catch (error) {
    return { ok: false, ms: ms(), error: messageOf(error) }
  }
}
