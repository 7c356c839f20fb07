import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loadedFiles } from './files.ts';
import type { Loaded, Route } from './report.ts';

/** By Next.js 16: paths as seen from the app. */
const routeStats = z.array(z.object({ route: z.string(), firstLoadChunkPaths: z.array(z.string()) }));
/** By earlier ones: paths as seen from `.next`. */
const manifest = z.object({ pages: z.record(z.string(), z.array(z.string())) });

/** The files of a Next.js build that browsers load; some lie in a directory that is called by the build's id. */
export async function nextFiles(build: string): Promise<Loaded[]> {
  const id = (await readFile(join(build, 'BUILD_ID'), 'utf8').catch(() => '')).trim();
  const files = await loadedFiles(join(build, 'static'));
  return files.map(({ file, name }) => ({ file, name: withoutId(name, id) }));
}

const withoutId = (name: string, id: string) =>
  id !== '' && name.startsWith(`${id}/`) ? `build/${name.slice(id.length + 1)}` : name;

/** What each page of a Next.js build loads to start, by name; empty when the build does not tell. */
export async function nextRoutes(build: string): Promise<Route[]> {
  const stats = routeStats.safeParse(await readJson(join(build, 'diagnostics', 'route-bundle-stats.json')));
  if (stats.success) return sorted(stats.data.map((one) => ({ route: one.route, chunks: one.firstLoadChunkPaths })));
  const manifests = await Promise.all(
    ['app-build-manifest.json', 'build-manifest.json'].map((name) => readJson(join(build, name))),
  );
  const pages = manifests.flatMap((one) => Object.entries(manifest.safeParse(one).data?.pages ?? {}));
  return sorted(pages.map(([page, chunks]) => ({ route: page.replace(/\/page$/, '') || '/', chunks })));
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => 'null');
  return JSON.parse(text);
}

/** Chunks by their names in the report: their paths below `.next/static`. */
function sorted(routes: readonly Route[]): Route[] {
  const named = routes.map(({ route, chunks }) => ({ route, chunks: [...new Set(chunks.map(inStatic))].sort() }));
  return named.sort((a, b) => (a.route < b.route ? -1 : 1));
}

const inStatic = (path: string) => path.replace(/^.*?static\//, '');
