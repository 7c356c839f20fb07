import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { heldCommits, liftHold } from '../store/holds.ts';
import { releaseId } from '../store/releases.ts';
import { noteEvent } from '../store/transition.ts';
import { requireDeployment } from '../workflows/plan.ts';
import type { Target } from './act.ts';

/**
 * Lifts the hold of a commit, named by its beginning or by its release, and says who did and why in the story of the
 * deployment that had caused it. Returns the whole commit. @throws KovaError NOT_FOUND
 */
export async function unhold(ctx: Context, target: Target, what: string, by: string, why: string): Promise<string> {
  const held = [...(await heldCommits(ctx.db, target.project, target.environment)).keys()];
  const matching = held.filter((commit) => commit.startsWith(what) || releaseId(commit) === what);
  const [commit] = matching;
  if (!commit || matching.length > 1) {
    const found = commit ? `${what} fits ${matching.length} held commits` : `${what} is not held`;
    throw new KovaError('NOT_FOUND', `${found} in ${target.environment}`);
  }
  const deployment = await liftHold(ctx.db, { ...target, commit });
  if (deployment) {
    const { phase } = await requireDeployment(ctx.db, deployment);
    await noteEvent(ctx.db, deployment, phase, `held no more: ${why || 'no reason given'} (${by})`);
  }
  return commit;
}
