import { KovaError } from '@kova/core/errors/kova-error';
import type { ProjectPlan } from './compute.ts';

/**
 * Nothing is carried out but the plan that was said yes to, as a whole, and where nothing else is at work.
 * @throws KovaError PLAN_STALE, PLAN_BLOCKED, CONFLICT
 */
export function refuseUnlessSame({ digest, environments }: ProjectPlan, agreed: string): void {
  if (digest !== agreed)
    throw new KovaError('PLAN_STALE', 'the configuration, or what runs, is not as it was when this was planned');
  const blocked = environments.find(({ deed }) => deed === 'blocked');
  if (blocked) throw new KovaError('PLAN_BLOCKED', `${blocked.environment}: ${blocked.reason}`);
  const busy = environments.find(({ deed, atWork }) => atWork && (deed === 'direct' || deed === 'deployment'));
  if (!busy) return;
  throw new KovaError('CONFLICT', `${busy.atWork} is at work in ${busy.environment}`, {
    next: `Wait for it with \`kova attach ${busy.atWork}\`, then plan again.`,
  });
}
