import { evaluate } from '@kova/core/analysis/evaluate';
import { append, type Sample } from '@kova/core/analysis/window';
import type { Deployment } from '@kova/core/deployment/deployment';
import { type SlotId, slotId } from '@kova/core/environment/slot';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';
import { inconclusive, type Verdict } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { deploymentRows, toDeployment } from '../store/deployments.ts';
import { readEnvironment } from '../store/environments.ts';
import { readPlan } from '../workflows/plan.ts';
import { sendSignal } from '../workflows/signals.ts';
import { each } from './each.ts';

const keepMs = 60_000;

/**
 * Samples the slots of deployments that users are on and wakes their workflow on a breach. Holds no state worth
 * keeping.
 */
export class AnalysisWatcher {
  readonly #ctx: Context;
  readonly #series = new Map<string, Sample[]>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async look(): Promise<void> {
    const rows = await deploymentRows(this.#ctx.db).where('phase', 'in', ['shifting', 'stabilizing']).execute();
    const watched = rows.map(toDeployment).filter((deployment) => deployment.trafficAt !== null);
    for (const key of this.#series.keys()) {
      if (!watched.some(({ id }) => key.startsWith(id))) this.#series.delete(key);
    }
    await each(watched, (deployment) =>
      this.#judge(deployment).catch(async (error: Error) => {
        await this.#record(deployment.id, inconclusive(`it cannot be watched: ${error.message}`));
        throw error;
      }),
    );
  }

  async #judge(deployment: Deployment): Promise<void> {
    const plan = await readPlan(this.#ctx, deployment.id);
    const { live } = await readEnvironment(this.#ctx.db, deployment.project, deployment.environment);
    const counters = await this.#ctx.edge.counters(`${deployment.project}/${deployment.environment}`);
    const current = await this.#sample(deployment, plan.slot, deployment.release, counters);
    const other = live && slotId(deployment.project, deployment.environment, live.colour);
    const baseline = other && other !== plan.slot ? await this.#sample(deployment, other, live.release, counters) : [];
    const verdict = evaluate(plan.environment.analysis, current, baseline);
    await this.#record(deployment.id, verdict);
    if (verdict.outcome === 'fail')
      await sendSignal(deployment.id, { kind: 'breach', reason: verdict.reason }, 'breach');
  }

  /**
   * The series of a release in a slot, with what is known of it now; what another release did in that slot is not.
   * A slot in which the edge does not serve the release gives no sample.
   */
  async #sample(
    deployment: Deployment,
    slot: SlotId,
    release: string,
    counters: readonly SlotCounters[],
  ): Promise<Sample[]> {
    const key = `${deployment.id}:${slot}`;
    const series = this.#series.get(key) ?? [];
    const mine = counters.find((counter) => counter.slot === slot && counter.release === release);
    if (!mine) return series;
    const instances = (await this.#ctx.runtime.instances(slot)).filter((instance) => instance.release === release);
    const sample = {
      at: performance.now(),
      counters: mine,
      unhealthy: mine.unhealthyInstances.length,
      instances: instances.length,
      restarts: instances.reduce((sum, instance) => sum + instance.restarts, 0),
    };
    const longer = append(series, sample, keepMs);
    this.#series.set(key, longer);
    return longer;
  }

  async #record(id: string, verdict: Verdict): Promise<void> {
    const text = JSON.stringify(verdict);
    await this.#ctx.db.updateTable('deployments').set({ verdict: text }).where('id', '=', id).execute();
  }
}
