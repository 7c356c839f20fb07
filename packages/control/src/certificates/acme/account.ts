import type { TlsConfig } from '@kova/core/config/tls';
import { Secret } from '@kova/core/secret';
import acme from 'acme-client';
import type { Context } from '../../context.ts';
import { accountKey } from '../../store/acme-accounts.ts';

/** Between looks at what an authority is still at work on; a minute in all. */
const patience = { backoffMin: 500, backoffMax: 5000, backoffAttempts: 15 };
const requestMs = 30_000;

/** A client of the authority with the account of this home there, which is made the first time. */
export async function accountAt(
  { db, seal }: Pick<Context, 'db' | 'seal'>,
  { directory, email }: Extract<TlsConfig, { certificate: 'acme' }>,
): Promise<acme.Client> {
  const account = { directory, email: email ?? '' };
  const context = `acme account ${directory} ${account.email}`;
  const fresh = new Secret((await acme.crypto.createPrivateEcdsaKey()).toString());
  const key = seal.open(await accountKey(db, account, seal.seal(fresh, context)), context);
  acme.axios.defaults.timeout = requestMs;
  const client = new acme.Client({ directoryUrl: directory, accountKey: key.reveal(), ...patience });
  // The same key leads to the same account (RFC 8555, 7.3.1).
  await client.createAccount({ termsOfServiceAgreed: true, ...(email && { contact: [`mailto:${email}`] }) });
  return client;
}
