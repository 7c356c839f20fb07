import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  version: number;
  name: string;
  sql: string;
  /** Hex SHA-256 of the text with LF line ends, so that a checkout on another system does not change it. */
  checksum: string;
}

export const ownMigrations = fileURLToPath(new URL('migrations', import.meta.url));

/** The files `NNNN-name.sql` of a directory by rising version. @throws Error when one has another name, or two a version */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(directory, file)));
  for (const [index, { version }] of migrations.entries()) {
    if (migrations[index - 1]?.version === version) throw new Error(`two migrations have version ${version}`);
  }
  return migrations;
}

async function readMigration(directory: string, file: string): Promise<Migration> {
  const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
  if (!match) throw new Error(`${file} is not named NNNN-name.sql`);
  const sql = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { version: Number(match[1]), name: match[2] ?? '', sql, checksum };
}
