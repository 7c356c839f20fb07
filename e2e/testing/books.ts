import { TestStore } from './store.ts';

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

/** Behind Kova's back. */
export async function inStore(home: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = await new TestStore(home).connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}
