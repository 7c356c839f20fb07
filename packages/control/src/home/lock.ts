import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';

/**
 * Makes this process the only control plane of a home for as long as it lives, paused or not. The kernel keeps the lock,
 * as the name of a socket that is no file: it is gone with the process, however that ends.
 * @throws KovaError ALREADY_RUNNING
 */
export async function lockHome(home: string): Promise<void> {
  const name = createHash('sha256')
    .update(await realpath(home))
    .digest('hex');
  const lock = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    lock.once('error', reject);
    lock.listen(`\0kova-${name}`, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new KovaError('ALREADY_RUNNING', `another process is the control plane of ${home}`);
  });
  lock.unref();
}
