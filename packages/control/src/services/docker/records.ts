import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type ServiceKind, serviceKinds } from '../../engine/service-address.ts';

const schema = z.object({
  kind: z.enum(serviceKinds),
  project: z.string(),
  environment: z.string(),
  /** Of the container and its volume. */
  name: z.string(),
  /** With its port. */
  address: z.string(),
  /** Path of the engine's socket. */
  socket: z.string(),
});

/** Written before a container is made for the first time: who finds it knows that a volume may hold data. */
export type ServiceRecord = z.infer<typeof schema>;

export async function writeRecord(services: string, record: ServiceRecord): Promise<void> {
  const path = pathOf(services, record.project, record.environment, record.kind);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
}

/** Null when there never was one. */
export async function readRecord(
  services: string,
  project: string,
  environment: string,
  kind: ServiceKind,
): Promise<ServiceRecord | null> {
  return readFrom(pathOf(services, project, environment, kind));
}

/** All of a home, whoever wrote them. */
export async function readRecords(services: string): Promise<ServiceRecord[]> {
  const names = await readdir(services, { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).sort();
  const records = await Promise.all(paths.map((name) => readFrom(join(services, name))));
  return records.flatMap((record) => record ?? []);
}

function pathOf(services: string, project: string, environment: string, kind: ServiceKind): string {
  return join(services, project, environment, `${kind}.json`);
}

async function readFrom(path: string): Promise<ServiceRecord | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
