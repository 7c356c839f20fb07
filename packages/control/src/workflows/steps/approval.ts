import { DBOS } from '@dbos-inc/dbos-sdk';
import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { nextSignal } from '../signals.ts';
import { deadlines } from './deadlines.ts';
import { step } from './step.ts';

/** Waits until enough people have said yes. @throws KovaError APPROVAL_TIMEOUT, CANCELLED */
export async function awaitApproval(
  ctx: Context,
  { deployment, environment, release }: Plan,
  verified: string,
): Promise<void> {
  const { id, kind } = deployment;
  const wanted = kind === 'rollback' ? 0 : environment.approvals;
  const named = (name: string) => ({ name: `approval.${name}`, deadlineMs: deadlines.record });
  if (wanted === 0) {
    await step(named('none'), () => advance(ctx.db, id, 'verified', verified));
    return;
  }
  const asked = `${release.id} waits for ${wanted} ${wanted === 1 ? 'approval' : 'approvals'}: ${verified}`;
  await step(named('ask'), () => advance(ctx.db, id, 'approval-needed', asked));
  const deadline = (await DBOS.now()) + environment.approvalTimeout;
  for (;;) {
    const people = await step(named('count'), () => approvedBy(ctx, id));
    if (people.length >= wanted) {
      await step(named('given'), () => advance(ctx.db, id, 'approved', `approved by ${people.join(', ')}`));
      return;
    }
    const signal = await nextSignal(deadline);
    if (signal?.kind === 'abort') throw new KovaError('CANCELLED', signal.reason);
    if (!signal)
      throw new KovaError('APPROVAL_TIMEOUT', `not approved within ${formatDuration(environment.approvalTimeout)}`);
  }
}

async function approvedBy(ctx: Context, deployment: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('approvals').select('person').where('deployment', '=', deployment).execute();
  return rows.map((row) => row.person);
}
