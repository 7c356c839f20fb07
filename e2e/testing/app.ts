import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
  /** JavaScript that answers the health check instead of "well", with `response`. */
  onHealth?: string;
  /** A path that is never answered. */
  hangs?: string;
  /** A path whose answer never ends. */
  drips?: string;
  /** The `environments` of its configuration, as JavaScript. */
  environments?: string;
  app?: string;
  /** The `pipeline` of its configuration, as JavaScript; none by default. */
  pipeline?: string;
  /** Further files of the commit. */
  files?: Record<string, string>;
  /** Further keys of its configuration, such as `keepReleases: 2,`. */
  more?: string;
  /** A script beside it, `task.mjs`. */
  task?: string;
  /** The `services` of its configuration, as JavaScript. */
  services?: string;
}

const defaultEnvironments = `{ production: { stability: '2s', instances: 2 } }`;

const server = (version: AppVersion) => `
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
const { failing = 0, delayMs = 0, text, hangs, drips } = ${JSON.stringify(version)};
${version.atStart ?? ''}
let n = 0;
const server = createServer((request, response) => {
  if (request.url === hangs) return;
  if (request.url === drips) return void response.write('and');
  if (request.url === '/health') { ${version.onHealth ?? "return response.end('well');"} return; }
  if (request.url === '/events') return tell(response);
  if (request.url === '/exit') { console.error('out of handles'); process.exit(7); }
  const { pathname, searchParams } = new URL(request.url, 'http://app');
  if (pathname === '/slow') return setTimeout(() => response.end(text), Number(searchParams.get('ms')));
  n += 1;
  const fails = Math.floor(n * failing) > Math.floor((n - 1) * failing);
  setTimeout(() => {
    response.statusCode = fails ? 500 : 200;
    response.end(JSON.stringify({ text, release: process.env.KOVA_RELEASE_ID, pid: process.pid, env: request.url === '/env' ? process.env : undefined }));
  }, delayMs);
});
${version.neverListens ? 'setInterval(() => {}, 1000);' : 'server.listen(Number(process.env.PORT), process.env.HOST);'}
process.on('SIGTERM', () => server.close(() => process.exit(0)));
function tell(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => response.write('data: ' + text + '\\n\\n'), 100);
  response.on('close', () => clearInterval(timer));
}
// A WebSocket that says hello, answers a close with a close, and hears nothing else.
server.on('upgrade', ({ headers }, socket) => {
  const accept = createHash('sha1').update(headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\nsec-websocket-accept: ' + accept + '\\r\\n\\r\\n');
  socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
  socket.on('data', (bytes) => { if ((bytes[0] & 0x0f) === 8) socket.end(Buffer.from([0x88, 0])); });
  socket.on('error', () => {});
});
`;

const config = (version: AppVersion) => `
import { blueGreen, canary, defineConfig, node, postgres } from 'kova';
void blueGreen, canary, postgres;
export default defineConfig({
  name: 'shop',
  app: node({ install: null, start: 'node server.mjs', health: { path: '/health', deadline: '5s' }, stopTimeout: '5s', ${version.app ?? ''} }),
  pipeline: ${version.pipeline ?? "{ use: 'none' }"},
  environments: ${version.environments ?? defaultEnvironments},
  services: ${version.services ?? '{}'},
  ${version.more ?? ''}
});
`;

/** A command of a job that runs this JavaScript, as it is written into a configuration. */
export const node = (code: string): string => JSON.stringify(['node', '-e', code]);

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
  for (const [path, text] of Object.entries(version.files ?? {})) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  writeFileSync(join(directory, 'task.mjs'), version.task ?? '');
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', version.text);
  return git('rev-parse', 'HEAD').trim();
}
