import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../../context.ts';

/**
 * In a transaction, whoever asks for the end of the apply from now on waits for it and finds what it has recorded.
 * @throws KovaError CANCELLED when somebody wants the end of the apply
 */
export async function refuseAborted({ db }: Pick<Context, 'db'>, id: string): Promise<void> {
  const row = await db.selectFrom('applies').select('abort').where('id', '=', id).forShare().executeTakeFirst();
  if (row?.abort) throw new KovaError('CANCELLED', row.abort.reason);
}
