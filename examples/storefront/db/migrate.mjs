/**
 * Brings the database at DATABASE_URL to the newest migration in ./migrations.
 *
 * Each file runs in its own transaction, once; an advisory lock lets any number of
 * runners start together. Needs only `pg`, so it also runs inside the standalone build.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const LOCK = 7_418_226_001
const directory = new URL('./migrations/', import.meta.url)

const url = process.env.DATABASE_URL
if (!url)
  fail('DATABASE_URL is not set. Give the database to migrate, for example postgres://user@127.0.0.1/shop')

const client = new pg.Client({
  connectionString: url,
  connectionTimeoutMillis: 10_000,
  application_name: 'storefront-migrate',
})

try {
  await client.connect()
  await client.query('select pg_advisory_lock($1)', [LOCK])
  await migrate()
} catch (error) {
  fail(error.message || error.code)
} finally {
  await client.end().catch(() => {})
}

async function migrate() {
  await client.query(
    `create table if not exists schema_migrations (
       version    int primary key,
       name       text not null,
       checksum   text not null,
       applied_at timestamptz not null default now()
     )`,
  )
  const { rows } = await client.query('select version, checksum from schema_migrations')
  const applied = new Map(rows.map((row) => [row.version, row.checksum]))
  const migrations = await readMigrations()
  for (const migration of migrations) {
    const known = applied.get(migration.version)
    if (known === undefined) await apply(migration)
    else if (known !== migration.checksum) {
      throw new Error(`${migration.name} was changed after it was applied. Write a new migration instead.`)
    }
  }
  const newest = Math.max(0, ...applied.keys(), ...migrations.map((migration) => migration.version))
  console.log(`schema is at ${newest}`)
}

async function readMigrations() {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { version: Number(name.slice(0, 4)), name, sql, checksum }
    }),
  )
}

async function apply({ version, name, sql, checksum }) {
  const started = performance.now()
  try {
    await client.query('begin')
    await client.query("set local lock_timeout = '10s'")
    await client.query(sql)
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      version,
      name,
      checksum,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new Error(`${name} failed and was rolled back: ${error.message}`)
  }
  console.log(`applied ${name} (${Math.round(performance.now() - started)} ms)`)
}

function fail(message) {
  console.error(`db:migrate: ${message}`)
  process.exit(1)
}
