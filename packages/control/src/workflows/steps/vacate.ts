import { rm } from 'node:fs/promises';
import { slotId } from '@kova/core/environment/slot';
import type { Context } from '../../context.ts';
import { publishRoute } from '../../routing/publish.ts';
import { releaseSlot, type SlotRecord } from '../../store/environments.ts';

const drainMs = 30_000;
const spreadMs = 5_000;

/**
 * Stops what runs in a slot that takes no traffic: the edge first ends what still lasts there and waits until nothing
 * is in flight; then the instances are stopped, unless users or another deployment have come to them meanwhile.
 * Idempotent. @returns whether the slot is free now
 */
export async function vacate(ctx: Context, project: string, environment: string, slot: SlotRecord): Promise<boolean> {
  const id = slotId(project, environment, slot.colour);
  await ctx.edge.drain(id, { spreadMs, timeoutMs: drainMs });
  const free = await releaseSlot(ctx.db, project, environment, slot, async () => {
    await ctx.runtime.stop(id);
    await rm(`${ctx.home.slots}/${id}`, { recursive: true, force: true });
  });
  await publishRoute(ctx, project, environment);
  return free;
}
