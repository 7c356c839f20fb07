import { sql } from 'kysely';
import type { Store } from './connect.ts';

/** The user that edges on other machines have in the store, where its administrator has made one. */
export const edgeRole = 'kova_edge';

const grants = [
  'select on kova_migrations, edges, edge_secrets, edge_drains, asset_releases, asset_files, asset_contents',
  'insert, update on edges',
  'select (project, name, route, route_version), update (route_version) on environments',
];

/** Lets that user have what an edge needs of the store, and nothing else of it. Idempotent. */
export async function grantEdges(db: Store): Promise<void> {
  const { rows } = await sql`select from pg_roles where rolname = ${edgeRole}`.execute(db);
  if (rows.length === 0) return;
  for (const grant of grants) await sql.raw(`grant ${grant} to ${edgeRole}`).execute(db);
}
