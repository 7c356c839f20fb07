import type { Store } from './connect.ts';

/** Who Kova is at an authority; '' for no address. */
export interface AcmeAccount {
  directory: string;
  email: string;
}

/** The sealed key of an account: the one that is kept, else the one given, which is kept from now on. */
export async function accountKey(db: Store, { directory, email }: AcmeAccount, fresh: string): Promise<string> {
  await db
    .insertInto('acme_accounts')
    .values({ directory, email, sealed_key: fresh })
    .onConflict((on) => on.doNothing())
    .execute();
  const { sealed_key: kept } = await db
    .selectFrom('acme_accounts')
    .select('sealed_key')
    .where('directory', '=', directory)
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  return kept;
}
