import type { Store } from './connect.ts';
import type { EdgeSecretKind } from './edge-report.ts';

export interface EdgeSecretId {
  kind: EdgeSecretKind;
  name: string;
}

export interface EdgeSecretDigest extends EdgeSecretId {
  digest: string;
}

/** Replaces one; answers to authorities that nobody took back are forgotten meanwhile. Idempotent. */
export async function putEdgeSecret(db: Store, secret: EdgeSecretDigest & { sealed: string }): Promise<void> {
  const { kind, name, digest, sealed } = secret;
  const fresh = { digest, sealed, at: new Date() };
  await db
    .insertInto('edge_secrets')
    .values({ kind, name, ...fresh })
    .onConflict((on) => on.columns(['kind', 'name']).doUpdateSet(fresh))
    .execute();
  await db
    .deleteFrom('edge_secrets')
    .where('kind', '!=', 'certificate')
    .where('at', '<', new Date(Date.now() - 86_400_000))
    .execute();
}

export async function removeEdgeSecret(db: Store, { kind, name }: EdgeSecretId): Promise<void> {
  await db
    .deleteFrom('edge_secrets')
    .where((is) => is.and({ kind, name }))
    .execute();
}

export async function edgeSecrets(db: Store): Promise<EdgeSecretDigest[]> {
  return db.selectFrom('edge_secrets').select(['kind', 'name', 'digest']).orderBy('kind').orderBy('name').execute();
}

/** The sealed content with that digest; null when it was replaced or taken back. */
export async function sealedEdgeSecret(db: Store, { kind, name, digest }: EdgeSecretDigest): Promise<string | null> {
  const row = await db
    .selectFrom('edge_secrets')
    .select('sealed')
    .where((is) => is.and({ kind, name, digest }))
    .executeTakeFirst();
  return row?.sealed ?? null;
}
