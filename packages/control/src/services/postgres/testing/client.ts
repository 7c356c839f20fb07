import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '@kova/core/secret';
import pg from 'pg';

/** Runs one statement over a connection of its own; gives the first row. */
export async function ask(url: Secret | string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client(typeof url === 'string' ? url : url.reveal());
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/** The URL with parts replaced. */
export function altered(url: Secret, parts: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port'>>): string {
  return Object.assign(new URL(url.reveal()), parts).href;
}

/** The process id that the server in `directory` wrote down. */
export function postmasterPid(directory: string): number {
  return Number.parseInt(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8'), 10);
}
