import { DBOS } from '@dbos-inc/dbos-sdk';
import type { DeploymentKind } from '@kova/core/deployment/deployment';
import type { Phase } from '@kova/core/deployment/phase';
import type { Context } from '../context.ts';
import { apply } from './apply.ts';
import { deploy } from './deploy.ts';
import { pipeline, type RunEnd } from './pipeline.ts';
import { rollback } from './rollback.ts';
import { ship } from './ship.ts';
import { trigger } from './trigger.ts';

/** Changes only with the shape of a workflow, so that work in flight survives an upgrade of Kova. */
export const workflowVersion = '5';

interface DeploymentRef {
  id: string;
  project: string;
  environment: string;
  kind: DeploymentKind;
}

/** Queues a deployment for its environment's turn and waits for its last phase. */
export type DeployRunner = (ref: DeploymentRef) => Promise<Phase>;

/** Runs the pipeline of a commit and waits for what it comes to. */
export type RunProver = (run: string) => Promise<RunEnd>;

export interface Workflows {
  /** Starts the ship of that id; does nothing when it was started before. */
  ship(id: string): Promise<void>;
  /** Queues the deployment; one at a time in an environment. Does nothing when it was queued before. */
  deployment(ref: DeploymentRef): Promise<void>;
  /** Starts the pipeline run of that id; does nothing when it was started before. */
  pipeline(run: string): Promise<void>;
  /** Starts the apply of that id; does nothing when it was started before. */
  apply(id: string): Promise<void>;
  /** Starts what a trigger leads to; does nothing when it was started before. */
  trigger(id: string): Promise<void>;
}

const queue = 'environments';
/** Of a Kova that had the jobs in a queue of DBOS's, which would be looked into for ever. */
const formerQueue = 'jobs';

/** Makes the workflows known to DBOS; to be called before it is launched. */
export function registerWorkflows(ctx: Context): Workflows {
  const kinds = {
    deploy: DBOS.registerWorkflow((id: string) => deploy(ctx, proveRun, id), { name: 'deploy' }),
    rollback: DBOS.registerWorkflow((id: string) => rollback(ctx, id), { name: 'rollback' }),
  };
  const enqueue = ({ id, project, environment, kind }: DeploymentRef) =>
    DBOS.startWorkflow(kinds[kind], {
      workflowID: id,
      queueName: queue,
      enqueueOptions: { queuePartitionKey: `${project}/${environment}` },
    })(id);
  const runDeployment: DeployRunner = async (ref) => (await enqueue(ref)).getResult();
  const proving = DBOS.registerWorkflow((id: string) => pipeline(ctx, id), { name: 'pipeline' });
  const prove = (id: string) => DBOS.startWorkflow(proving, { workflowID: id })(id);
  const proveRun: RunProver = async (id) => (await prove(id)).getResult();
  const run = { deployment: runDeployment, pipeline: proveRun };
  const shipping = DBOS.registerWorkflow((id: string) => ship(ctx, run, id), { name: 'ship' });
  const start = {
    pipeline: async (id: string) => void (await prove(id)),
    ship: async (id: string) => void (await DBOS.startWorkflow(shipping, { workflowID: id })(id)),
  };
  const applying = DBOS.registerWorkflow((id: string) => apply(ctx, runDeployment, id), { name: 'apply' });
  const triggering = DBOS.registerWorkflow((id: string) => trigger(ctx, start, id), { name: 'trigger' });
  return {
    ...start,
    apply: async (id) => void (await DBOS.startWorkflow(applying, { workflowID: id })(id)),
    trigger: async (id) => void (await DBOS.startWorkflow(triggering, { workflowID: id })(id)),
    deployment: async (ref) => void (await enqueue(ref)),
  };
}

/** To be called after the launch. Each environment takes one deployment at a time. */
export async function openQueues(): Promise<void> {
  await DBOS.deleteQueue(formerQueue);
  await DBOS.registerQueue(queue, { partitionConcurrency: 1, minPollingIntervalMs: 100, onConflict: 'always_update' });
}
