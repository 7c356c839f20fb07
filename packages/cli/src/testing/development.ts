import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import type { DevEvent } from '@kova/control/dev/event';
import type { ErrorReport } from '@kova/core/errors/kova-error';
import pg from 'pg';
import { startKova } from './kova.ts';
import { temporaryDirectory } from './repository.ts';

type Told = DevEvent | { type: 'failed'; error: ErrorReport } | { type: 'stopped' };
export type ToldOf<Type extends Told['type']> = Extract<Told, { type: Type }>;

/** An app that says what it was given, and can be asked to end. */
const server = `
import { createServer } from 'node:http';
const { PORT, HOST, GREETING = null, DATABASE_URL = null, REDIS_URL = null } = process.env;
const app = createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  response.setHeader('content-type', 'application/json');
  const forwarded = request.headers['x-forwarded-proto'] ?? null;
  response.end(JSON.stringify({ pid: process.pid, GREETING, DATABASE_URL, REDIS_URL, forwarded }));
});
app.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
  socket.pipe(socket);
});
app.listen(Number(PORT), HOST, () => console.log('the app listens'));
`;

/** A directory with an app, which goes away with the test. */
export function appDirectory(config: string, files: Record<string, string> = {}): string {
  const directory = temporaryDirectory();
  // PostgreSQL's own user must be able to enter it.
  chmodSync(directory, 0o755);
  const kovaConfig = `import { defineConfig, node, postgres, redis } from 'kova';\nexport default defineConfig(${config});\n`;
  for (const [path, text] of Object.entries({ 'server.mjs': server, 'kova.config.ts': kovaConfig, ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** Starts the real `kova dev` and reads what it tells. */
export function startDevelopment(
  cwd: string,
  { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
) {
  const running = startKova(['dev', '--json', ...args], { cwd, env });
  const { stdout } = running.child;
  if (!stdout) throw new Error('it has no output');
  const told: Told[] = [];
  let rest = '';
  stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) told.push(JSON.parse(line));
  });
  /** The first event of a type for which `is` holds, among those told or yet to come. */
  const event = async <Type extends Told['type']>(type: Type, is: (told: ToldOf<Type>) => boolean = () => true) => {
    for (let seen = 0; ; ) {
      for (; seen < told.length; seen += 1) {
        const each = told[seen] as ToldOf<Type>;
        if (each.type === type && is(each)) return each;
      }
      if (running.child.exitCode !== null) throw new Error(`it ended without ${type}: ${JSON.stringify(told)}`);
      await Promise.race([once(stdout, 'data'), running.ended]);
    }
  };
  return { ...running, told, event };
}

/** Asks over HTTPS, trusting the certificate of the environment and nothing else. */
export async function askTls(directory: string, address: string): Promise<{ status: number; text: string }> {
  const ca = readFileSync(join(directory, '.kova/dev/tls/localhost.pem'));
  const asking = request(address, { ca, agent: false }).end();
  const [response] = await once(asking, 'response');
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
