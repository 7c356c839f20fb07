import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { crashPoint } from '../../workflows/steps/crash-point.ts';
import type { Obtain } from '../source.ts';
import { accountAt } from './account.ts';
import { openOrder } from './order.ts';
import { proveHosts } from './prove.ts';

/**
 * A certificate of an ACME authority (RFC 8555). The key and the order are kept before anything is asked for with
 * them, so that after a crash the same order goes on.
 */
export const fromAcme: Obtain<'acme'> = async (ctx, wanted, record) => {
  try {
    const client = await accountAt(ctx, wanted.tls);
    const { order, key, csr } = await openOrder(ctx, client, wanted, record);
    crashPoint('certificate:ordered');
    if (order.status === 'pending') await proveHosts(ctx.edge, client, order, wanted.tls.challenge);
    const isFinal = order.status === 'processing' || order.status === 'valid';
    const final = isFinal ? order : await client.finalizeOrder(order, csr);
    crashPoint('certificate:final');
    return { chain: await client.getCertificate(final), key };
  } catch (error) {
    if (reportOf(error).code !== 'INTERNAL') throw error;
    const { host } = new URL(wanted.tls.directory);
    // What the library says when a connection breaks is a slip of its own.
    const why = error instanceof TypeError ? 'the connection broke' : (error as Error).message;
    throw new KovaError('CERTIFICATE_REFUSED', `${host} gives no certificate: ${why}`, {
      cause: error,
    });
  }
};
