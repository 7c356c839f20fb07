import { access, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { anyApp } from './any.ts';
import { nextApp, nodeApp } from './node.ts';

/** What of an app its configuration needs to say. Keys of `app` hold the text of a value in TypeScript. */
export interface DetectedApp {
  kind: 'nextjs' | 'node' | 'static' | 'other';
  name: string;
  /** The helper that is imported, when one fits. */
  helper: 'nextjs' | 'node' | null;
  app: Record<string, string>;
  warnings: string[];
  /** The standard pipeline finds something to look at in the app. */
  hasChecks: boolean;
}

/** What a kind of app can tell by itself. */
export type Found = Omit<DetectedApp, 'name' | 'hasChecks'>;

export interface Manifest {
  name?: string;
  main?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

export interface Folder {
  directory: string;
  manifest: Manifest | null;
  /** Whether one of the paths is there; the first of them. */
  first(...paths: string[]): Promise<string | null>;
  read(path: string): Promise<string>;
}

/** Finds out what kind of app lies in the directory. @throws KovaError NOT_FOUND, INPUT_INVALID */
export async function detectApp(directory: string): Promise<DetectedApp> {
  const folder = await open(directory);
  const name = nameOf(folder.manifest?.name ?? basename(directory));
  const found =
    (await nextApp(folder)) ?? (await nodeApp(folder)) ?? (await staticApp(folder)) ?? (await anyApp(folder));
  return { name, ...found, hasChecks: found.kind === 'nextjs' || hasScripts(folder.manifest) };
}

const checks = ['type-check', 'lint', 'test:coverage', 'test:integration', 'test:e2e'];

function hasScripts(manifest: Manifest | null): boolean {
  return checks.some((name) => manifest?.scripts?.[name] !== undefined);
}

async function open(directory: string): Promise<Folder> {
  const has = (path: string) =>
    access(join(directory, path)).then(
      () => true,
      () => false,
    );
  if (!(await has('.')))
    throw new KovaError('NOT_FOUND', `there is no directory ${directory}`, { next: 'Check the path.' });
  const first = async (...paths: string[]) => {
    for (const path of paths) if (await has(path)) return path;
    return null;
  };
  const read = (path: string) => readFile(join(directory, path), 'utf8');
  const manifest = (await has('package.json')) ? parseManifest(await read('package.json')) : null;
  return { directory, manifest, first, read };
}

function parseManifest(text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new KovaError('INPUT_INVALID', 'package.json is not JSON', { cause, next: 'Correct it and run this again.' });
  }
}

async function staticApp({ first }: Folder): Promise<Found | null> {
  const page = await first('index.html', 'public/index.html', 'dist/index.html');
  if (page === null) return null;
  const folder = page === 'index.html' ? '.' : page.split('/')[0];
  const app = {
    install: 'null',
    build: 'null',
    start: `['node', 'kova-static.mjs', '${folder}']`,
    health: "{ path: '/' }",
  };
  return { kind: 'static', helper: null, app, warnings: [] };
}

/** A name that Kova takes, as near to the text as may be. */
export function nameOf(text: string): string {
  const plain = text.replace(/^@[^/]*\//, '').toLowerCase();
  return (
    plain
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 40)
      .replaceAll(/^-+|-+$/g, '') || 'app'
  );
}
