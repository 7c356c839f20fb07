import type { CertificateKeeper } from '../certificates/keeper.ts';
import type { Context } from '../context.ts';
import { told } from '../process-log.ts';
import { startEdge } from '../start-edge.ts';
import type { Workflows } from '../workflows/register.ts';
import { AnalysisWatcher } from './analysis.ts';
import { DriftWatch } from './drift.ts';
import { every } from './every.ts';
import { pollRepositories } from './poll.ts';
import { Reconciler } from './reconcile.ts';
import { resendSignals } from './resume.ts';
import { cleanUp } from './retention.ts';
import { mendServices } from './services.ts';
import { stopOldStandbys } from './standby.ts';
import { tellStatuses } from './statuses.ts';
import { lookAfterWaiting } from './waiting.ts';

export interface Watched {
  ctx: Context;
  keepStore: () => Promise<void>;
  certificates: CertificateKeeper;
  workflows: Workflows;
  /** Looks after this executor and those that are gone. */
  lookAtExecutors: () => Promise<void>;
  /** Gives the store what edges that follow need. */
  shareWithEdges: () => Promise<void>;
}

/** All that the control plane looks at again and again, and how often, ms. */
export function watchOver(watched: Watched): void {
  const { ctx, keepStore, certificates, workflows, lookAtExecutors, shareWithEdges } = watched;
  const analysis = new AnalysisWatcher(ctx);
  const reconciler = new Reconciler(ctx);
  const drift = new DriftWatch(ctx);
  every(500, () => analysis.look(), told('analysis'));
  every(1000, () => reconciler.look(), told('reconcile'));
  every(2000, () => certificates.look(), told('certificates'));
  every(5000, () => drift.look(), told('drift'));
  every(2000, keepStore, told('store'));
  every(1000, async () => void (await startEdge(ctx.home)), told('edge'));
  every(1000, () => ctx.followers.look(), told('edges'));
  every(2000, shareWithEdges, told('assets for edges'));
  every(1000, lookAtExecutors, told('executors'));
  every(2000, () => lookAfterWaiting(ctx), told('waiting'));
  every(2000, () => resendSignals(ctx), told('signals'));
  every(500, () => pollRepositories(ctx, workflows), told('poll'));
  every(1000, () => tellStatuses(ctx), told('statuses'));
  every(5000, () => mendServices(ctx), told('services'));
  every(5000, () => stopOldStandbys(ctx), told('standby'));
  every(600_000, () => cleanUp(ctx), told('retention'));
  every(600_000, async () => void (await ctx.jobs.prune()), told('results'));
}
