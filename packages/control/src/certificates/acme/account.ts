import type { TlsConfig } from '@kova/core/config/tls';
import { KovaError } from '@kova/core/errors/kova-error';
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
  await reach(directory);
  acme.axios.defaults.timeout = requestMs;
  // The keeper tries again; the library would for minutes, and then not say why it was in vain.
  Object.assign(acme.axios.defaults, { acmeSettings: { retryMaxAttempts: 0 } });
  const client = new acme.Client({ directoryUrl: directory, accountKey: key.reveal(), ...patience });
  // The same key leads to the same account (RFC 8555, 7.3.1).
  await client.createAccount({ termsOfServiceAgreed: true, ...(email && { contact: [`mailto:${email}`] }) });
  return client;
}

/** @throws KovaError CERTIFICATE_REFUSED with why the authority does not answer */
async function reach(directory: string): Promise<void> {
  const refused = (why: string, cause?: unknown) =>
    new KovaError('CERTIFICATE_REFUSED', `${new URL(directory).host} gives no certificate: ${why}`, { cause });
  const answer = await fetch(directory, { signal: AbortSignal.timeout(requestMs) }).catch((error: Error) => {
    throw refused((error.cause as Error | undefined)?.message ?? error.message, error);
  });
  await answer.body?.cancel();
  if (!answer.ok) throw refused(`${directory} answers ${answer.status}`);
}
