// Serves a folder of files on $HOST:$PORT. Written by `kova init`; change it as you like.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const root = await realpath(resolve(process.argv[2] ?? '.'));
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** The file for a path of the web, or null: nothing outside the folder, nothing whose name begins with a dot. */
async function find(path) {
  if (path.includes('\0') || path.split(/[/\\]/).some((part) => part.startsWith('.'))) return null;
  const file = await realpath(join(root, path)).catch(() => null);
  if (file === null || (file !== root && !file.startsWith(root + sep))) return null;
  const info = await stat(file);
  if (info.isDirectory()) return path.endsWith('/index.html') ? null : find(join(path, '/index.html'));
  return info.isFile() ? { file, size: info.size } : null;
}

const server = createServer(async (request, response) => {
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405).end();
    const found = await find(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    const type = types[extname(found.file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': found.size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(found.file), response);
  } catch {
    if (response.headersSent) response.destroy();
    else response.writeHead(400).end();
  }
});
server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1');
process.on('SIGTERM', () => server.close());
