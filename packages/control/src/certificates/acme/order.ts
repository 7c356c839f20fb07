import { Secret } from '@kova/core/secret';
import acme, { type Order } from 'acme-client';
import type { Context } from '../../context.ts';
import { type CertificateRecord, noteOrder } from '../../store/certificates.ts';
import type { WantedCertificate } from '../wanted.ts';

export interface OpenOrder {
  order: Order;
  /** What the certificate is for. */
  key: Secret;
  csr: Buffer;
}

/** The order that is under way, else a new one. */
export async function openOrder(
  { db, seal }: Pick<Context, 'db' | 'seal'>,
  client: acme.Client,
  wanted: WantedCertificate,
  record: CertificateRecord,
): Promise<OpenOrder> {
  const context = `acme order of ${wanted.project}/${wanted.environment}`;
  const before = record.order && (await stillOpen(client, record.order.url));
  if (record.order && before) return withKey(before, seal.open(record.order.sealedKey, context), wanted.hosts);
  const order = await client.createOrder({ identifiers: wanted.hosts.map((value) => ({ type: 'dns', value })) });
  const key = new Secret((await acme.crypto.createPrivateEcdsaKey()).toString());
  await noteOrder(db, wanted, { url: order.url, sealedKey: seal.seal(key, context) });
  return withKey(order, key, wanted.hosts);
}

/** Null when it has failed or is known no more. */
async function stillOpen(client: acme.Client, url: string): Promise<Order | null> {
  const order = await client.getOrder({ url } as Order).catch(() => null);
  return order === null || order.status === 'invalid' ? null : order;
}

async function withKey(order: Order, key: Secret, hosts: readonly string[]): Promise<OpenOrder> {
  const [, csr] = await acme.crypto.createCsr({ altNames: [...hosts] }, key.reveal());
  return { order, key, csr };
}
