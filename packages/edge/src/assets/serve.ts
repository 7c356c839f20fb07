import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ClientRequest, ClientResponse } from '../forward/client.ts';
import { contentType } from './content-type.ts';

/** Answers with a retained file. False when it is there no more: the slot may have it. */
export async function serveAsset(
  file: string,
  requestId: string,
  request: ClientRequest,
  response: ClientResponse,
): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return false;
  }
  try {
    const { size, mtimeMs } = await handle.stat();
    const etag = `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`;
    response.setHeader('cache-control', 'public, max-age=31536000, immutable');
    response.setHeader('etag', etag);
    response.setHeader('x-request-id', requestId);
    if (matches(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end();
      return true;
    }
    response.writeHead(200, { 'content-type': contentType(file), 'content-length': size });
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(handle.createReadStream({ autoClose: false, end: size - 1 }), response);
  } catch {
    response.destroy();
  } finally {
    await handle.close();
  }
  return true;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
