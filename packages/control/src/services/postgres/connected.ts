import { setTimeout as sleep } from 'node:timers/promises';
import pg, { type Client, type ClientConfig } from 'pg';

const patienceMs = 120_000;
const pollMs = 25;

/** The server is starting, or recovering; its socket, or its address, is not there yet. */
const notYet = new Set(['57P03', 'ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH']);

/**
 * Connects, as soon as the server takes connections, and ends the connection when `use` has settled.
 * Waits for no server that is not `alive`.
 */
export async function connected<T>(
  config: ClientConfig,
  use: (client: Client) => Promise<T>,
  alive: () => Promise<boolean> = async () => true,
): Promise<T> {
  const client = await connect(config, alive);
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(config: ClientConfig, alive: () => Promise<boolean>): Promise<Client> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const client = new pg.Client({ connectionTimeoutMillis: 10_000, application_name: 'kova', ...config });
    // What is lost between two queries is told by the next one.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      const { code = '' } = error as { code?: string };
      if (!notYet.has(code) || performance.now() > until || !(await alive())) throw error;
    }
    await sleep(pollMs);
  }
}
