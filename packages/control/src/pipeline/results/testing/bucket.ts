import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { freePort } from '../../furnish/free-port.ts';

export interface TestBucket {
  /** What names it, as for `kova up`. */
  env: NodeJS.ProcessEnv;
  /** Changes a byte of every object behind the server's back. */
  corrupt(): Promise<void>;
  /** Takes the server away; it answers again, at the same address and with what it held, after `back`. */
  stop(): Promise<void>;
  back(): Promise<void>;
  remove(): Promise<void>;
}

/** A bucket of its own, on a server that speaks S3; it looks up the key of a request and does not verify its signature. */
export async function openBucket(): Promise<TestBucket> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-s3-'));
  const port = await freePort();
  const start = async () => {
    const server = new S3rver({
      ...{ address: '127.0.0.1', port, silent: true, directory },
      configureBuckets: [{ name: 'results' }],
    });
    await server.run();
    return server;
  };
  let server = await start();
  const env = {
    ...{ KOVA_RESULTS: 's3://results/team/one', AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
    ...{ AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
  };
  return {
    env,
    async corrupt() {
      const entries = await readdir(directory, { withFileTypes: true, recursive: true });
      for (const entry of entries.filter(({ name }) => name.endsWith('_object'))) {
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
        await writeFile(path, bytes);
      }
    },
    stop: () => server.close(),
    async back() {
      server = await start();
    },
    async remove() {
      await server.close().catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
