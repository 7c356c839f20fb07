import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { cannotCheck } from '../check.ts';
import { type OsvRecord, osvRecord } from './osv-record.ts';

/** The records of a database that are about some packages. */
export interface OsvDatabase {
  /** How many records there are in all. */
  records: number;
  /** When the newest was changed, as it says itself. */
  newest: string;
  about: readonly OsvRecord[];
}

const filesAtOnce = 64;

/**
 * Reads a directory of OSV JSON files, as OSV's archive for npm unpacks to; keeps what names one of the packages.
 * @throws KovaError CHECK_IMPOSSIBLE when there is none, CHECK_FAILED when a record cannot be read
 */
export async function readOsvDatabase(directory: string, names: ReadonlySet<string>): Promise<OsvDatabase> {
  const files = await jsonFiles(directory);
  const database = { records: 0, newest: '', about: [] as OsvRecord[] };
  for (let at = 0; at < files.length; at += filesAtOnce) {
    for (const record of await Promise.all(files.slice(at, at + filesAtOnce).map(readRecord))) {
      database.records += 1;
      if (record.modified > database.newest) database.newest = record.modified;
      if (!record.withdrawn && isAbout(record, names)) database.about.push(record);
    }
  }
  return database;
}

async function jsonFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true }).catch((cause: Error) => {
    throw noDatabase(`the OSV database cannot be read: ${cause.message}`);
  });
  const files = entries.filter((entry) => entry.endsWith('.json')).sort();
  if (files.length === 0) throw noDatabase(`there are no OSV records in ${directory}`);
  return files.map((file) => join(directory, file));
}

const noDatabase = (reason: string) =>
  cannotCheck(reason, "set KOVA_OSV_DATABASE to the directory that OSV's archive for npm was unpacked to");

async function readRecord(file: string): Promise<OsvRecord> {
  try {
    return osvRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new KovaError('CHECK_FAILED', `${file} is no OSV record: ${(cause as Error).message}`, { cause });
  }
}

function isAbout({ affected }: OsvRecord, names: ReadonlySet<string>): boolean {
  return affected.some(({ package: about }) => about?.ecosystem === 'npm' && names.has(about.name));
}
