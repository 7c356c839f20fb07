import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../../home/unprivileged.ts';
import { superuser } from './template.ts';

export interface Settings {
  port: number;
  socketDirectory: string;
  logDirectory: string;
  maxConnections: number;
  /** False gives up what a loss of power would need: for tests. */
  durable: boolean;
}

/** `postgresql.conf`, whole: Kova owns the file; `ALTER SYSTEM` still overrides it. */
export function serverSettings(settings: Settings): string {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: settings.port,
    unix_socket_directories: `"${settings.socketDirectory}"`,
    unix_socket_permissions: '0700',
    max_connections: settings.maxConnections,
    password_encryption: 'scram-sha-256',
    ...lean,
    ...discreet,
    ...logFiles,
    log_directory: settings.logDirectory,
    ...(settings.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return lines(Object.entries(values).map(([name, value]) => `${name} = ${quoted(value)}`));
}

/** Many small clusters share a machine: what an idle one holds counts. */
export const lean = {
  shared_buffers: '32MB',
  jit: 'off',
  io_method: 'sync',
  max_logical_replication_workers: 0,
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  timezone: 'UTC',
  default_text_search_config: 'pg_catalog.english',
};

/** What the server tells. Statements are left out: they hold what users and apps consider private. */
export const discreet = {
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
};

/** A week of files, one a day. */
const logFiles = {
  logging_collector: 'on',
  log_filename: 'postgresql-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: 0,
  log_truncate_on_rotation: 'on',
};

/** Who may connect: the superuser over the private socket when the system says who is there; all others by password. */
export const clientAuthentication = lines([
  `local all         ${superuser} peer map=kova`,
  `local replication ${superuser} peer map=kova`,
  `host  all         ${superuser} 0.0.0.0/0 reject`,
  'host  all         all 127.0.0.1/32 scram-sha-256',
]);

/** The system's users that are the superuser: Kova's own, and the one that PostgreSQL runs as. */
export function userMap(names: readonly string[]): string {
  return lines(names.map((name) => `kova "${name}" ${superuser}`));
}

/** Writes the three files, each replaced as a whole. */
export async function writeSettings(data: string, settings: Settings, as: Identity | null): Promise<void> {
  const users = new Set([userInfo().username, ...(as ? [as.name] : [])]);
  const files = {
    'postgresql.conf': serverSettings(settings),
    'pg_hba.conf': clientAuthentication,
    'pg_ident.conf': userMap([...users]),
  };
  for (const [name, text] of Object.entries(files)) {
    const draft = join(data, `${name}.${randomUUID()}`);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (as) await file.chown(as.uid, as.gid);
    } finally {
      await file.close();
    }
    await rename(draft, join(data, name));
  }
}

function quoted(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
