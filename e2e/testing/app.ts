import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small web app in a git repository of its own, with faults to choose from. */
export interface AppVersion {
  /** Said in every answer. */
  text: string;
  /** Share of user requests answered 500; its health check stays well. */
  failing?: number;
  delayMs?: number;
  /** JavaScript run at the start: `process.exit(1)`, `setTimeout(() => process.exit(1), 5000)`. */
  atStart?: string;
  neverListens?: boolean;
  /** The `environments` of its configuration, as JavaScript. */
  environments?: string;
  app?: string;
}

const defaultEnvironments = `{ production: { stability: '2s', instances: 2 } }`;

const server = (version: AppVersion) => `
import { createServer } from 'node:http';
const { failing = 0, delayMs = 0, text } = ${JSON.stringify(version)};
${version.atStart ?? ''}
let n = 0;
const server = createServer((request, response) => {
  if (request.url === '/health') return response.end('well');
  n += 1;
  const fails = (n * failing) % 1 + failing > 1;
  setTimeout(() => {
    response.statusCode = fails ? 500 : 200;
    response.end(JSON.stringify({ text, release: process.env.KOVA_RELEASE_ID, pid: process.pid, env: request.url === '/env' ? process.env : undefined }));
  }, delayMs);
});
${version.neverListens ? 'setInterval(() => {}, 1000);' : 'server.listen(Number(process.env.PORT), process.env.HOST);'}
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const config = (version: AppVersion) => `
import { blueGreen, canary, defineConfig, node } from 'kova';
void blueGreen, canary;
export default defineConfig({
  name: 'shop',
  app: node({ install: null, start: 'node server.mjs', health: { path: '/health', deadline: '5s' }, stopTimeout: '5s', ${version.app ?? ''} }),
  environments: ${version.environments ?? defaultEnvironments},
});
`;

/** Commits a version of the app; returns the commit. */
export function commitVersion(directory: string, version: AppVersion): string {
  mkdirSync(directory, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      encoding: 'utf8',
    });
  if (!existsSync(join(directory, '.git'))) git('init', '-q', '-b', 'main');
  writeFileSync(join(directory, 'server.mjs'), server(version));
  writeFileSync(join(directory, 'kova.config.ts'), config(version));
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', version.text);
  return git('rev-parse', 'HEAD').trim();
}
