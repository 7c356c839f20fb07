import { parseCommand } from '@kova/core/config/command';
import type { Folder, Found, Manifest } from './detect.ts';

const nextConfigs = ['next.config.ts', 'next.config.mjs', 'next.config.js', 'next.config.cjs'];
const healthRoutes = ['app', 'src/app'].flatMap((dir) => ['ts', 'js'].map((ext) => `${dir}/api/health/route.${ext}`));
const healthPages = ['pages', 'src/pages'].flatMap((dir) => ['ts', 'js'].map((ext) => `${dir}/api/health.${ext}`));

export async function nextApp({ manifest, first, read }: Folder): Promise<Found | null> {
  if (!manifest || !hasDependency(manifest, 'next')) return null;
  const config = await first(...nextConfigs);
  const isStandalone = config !== null && /output\s*:\s*['"`]standalone['"`]/.test(await read(config));
  const health = await first(...healthRoutes, ...healthPages);
  const warnings = [
    ...(isStandalone ? [] : [`${config ?? 'next.config.ts'} needs output: 'standalone'; the build fails without it.`]),
    ...(health ? [] : ['There is no /api/health route; the page / is probed instead.']),
  ];
  const lock = await installKeys(manifest, first);
  return {
    kind: 'nextjs',
    helper: 'nextjs',
    app: { ...lock, ...(health ? {} : { health: "{ path: '/' }" }) },
    warnings,
  };
}

export async function nodeApp({ manifest, first }: Folder): Promise<Found | null> {
  if (!manifest) return null;
  const file = await first('server.js', 'server.mjs', 'server.ts');
  const script = manifest.scripts?.start;
  if (!script && !file) return null;
  const app = {
    ...(await installKeys(manifest, first)),
    ...(manifest.scripts?.build ? { build: "'npm run build'" } : {}),
    start: JSON.stringify(script ? startOf(script) : `node ${file}`).replaceAll('"', "'"),
    health: "{ path: '/' }",
  };
  return { kind: 'node', helper: 'node', app, warnings: ['See that the app listens on $HOST:$PORT.'] };
}

/** Node itself where the script is only that: it then gets SIGTERM, which npm does not always pass on. */
function startOf(script: string): string {
  const plain = !/["'\\]/.test(script) && parseCommand(script)?.[0] === 'node';
  return plain ? script : 'npm start';
}

/** `npm ci`, the default, wants a lockfile. */
async function installKeys(manifest: Manifest, first: Folder['first']): Promise<Record<string, string>> {
  if (await first('package-lock.json', 'npm-shrinkwrap.json')) return {};
  const needs = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length > 0;
  return { install: needs ? "'npm install'" : 'null' };
}

function hasDependency({ dependencies, devDependencies }: Manifest, name: string): boolean {
  return Object.hasOwn({ ...dependencies, ...devDependencies }, name);
}
