import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: its kind decides what is in it, and the validators know
  spec?: any;
  data?: Record<string, string>;
}

const scratch = fileURLToPath(new URL('../../../dist/', import.meta.url));
const compiler = fileURLToPath(new URL('../../../../../node_modules/.bin/tsc', import.meta.url));

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/**
 * What the schemas of Kubernetes and the Gateway API have against manifests, one sentence for each; nothing when they
 * are well. Values, patterns and what must be there are judged by the validators made from the OpenAPI documents, which
 * let unknown fields pass; those are refused by the compiler, against the types made from the same documents.
 */
export async function validate(manifests: readonly Manifest[]): Promise<string[]> {
  const values = await Promise.all(manifests.map(validateValues));
  return [...values.flat(), ...(await validateFields(manifests))];
}

const moduleOf = ({ apiVersion, kind }: Manifest): string => {
  const library = apiVersion.startsWith('gateway.') ? '@kubernetes-models/gateway-api' : 'kubernetes-models';
  return `${library}/${apiVersion}/${kind}`;
};

async function validateValues(manifest: Manifest): Promise<string[]> {
  const module = await import(moduleOf(manifest)).catch(() => null);
  if (!module) return [`there is no ${manifest.apiVersion} ${manifest.kind}`];
  try {
    new module[manifest.kind](manifest).validate();
    return [];
  } catch (error) {
    return [`${manifest.kind} ${manifest.metadata?.name}: ${(error as Error).message}`];
  }
}

async function validateFields(manifests: readonly Manifest[]): Promise<string[]> {
  await mkdir(scratch, { recursive: true });
  const directory = await mkdtemp(join(scratch, 'manifests-'));
  const file = join(directory, 'manifests.ts');
  const lines = manifests.map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  try {
    await writeFile(file, lines.join('\n'));
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'esnext',
      '--module',
      'nodenext',
    ];
    await promisify(execFile)(compiler, [...options, file], { cwd: directory });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout.trim().split('\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
