import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Runs SQL in the store of the Kova that lives in `home`, behind its back. */
export async function inStore(home: string, sql: string): Promise<Record<string, unknown>[]> {
  const { port } = JSON.parse(readFileSync(join(home, 'postgres/_kova/cluster.json'), 'utf8')) as { port: number };
  const password = readFileSync(join(home, 'keys/postgres/_kova'), 'utf8').trim();
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'kova', database: 'kova', password });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

/** From here on the store raises an error when `table` is updated so that `condition` holds for the NEW row. */
export async function refuseUpdates(home: string, table: string, condition: string): Promise<void> {
  await inStore(
    home,
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a fault in the books'; end $$;
     create trigger refuse before update on ${table} for each row when (${condition}) execute function refuse();`,
  );
}

export async function takeUpdates(home: string): Promise<void> {
  await inStore(home, 'drop function refuse cascade');
}
