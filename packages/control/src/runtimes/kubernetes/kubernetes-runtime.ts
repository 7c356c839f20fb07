import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { KubeConfig, type V1Deployment, type V1Pod } from '@kubernetes/client-node';
import type { Instance, InstanceUsage, LogLine, SlotSpec } from '../../ports/runtime.ts';
import { Serial } from '../../serial.ts';
import type { ClosableRuntime } from '../chosen-runtime.ts';
import { checkSpec, refuseUnlessSame, secretLines } from '../slot/spec.ts';
import { apply } from './api/apply.ts';
import { type Cluster, openCluster } from './api/cluster.ts';
import { clusterCall, ifThere } from './api/explain.ts';
import { homeSelector, isOwn, refuseForeign } from './api/owned.ts';
import { type Awaited, awaitReady } from './await-ready.ts';
import { follow, type LogSource, tailOf } from './logs/slot-log.ts';
import { explainPod } from './pods/explain-pod.ts';
import { instanceId, instanceOf } from './pods/instances.ts';
import { podsOf } from './pods/own-pods.ts';
import { type InstanceSettings, placeOf, slotObjects } from './slot/objects.ts';
import { deleteDeployment } from './slot/stop.ts';
import { type SlotView, SlotViews } from './slot/views.ts';
import { SlotWatch } from './slot/watch.ts';
import { fromObjects } from './slot/written-spec.ts';
import { usageOf } from './usage.ts';

export interface KubernetesRuntimeOptions {
  /** Default: as kubectl finds it, or the service account of the pod that Kova runs in. */
  config?: KubeConfig;
  /** Tells the homes of Kova in one cluster apart: a value that a label may have. */
  home: string;
  /** The image, by digest, in which the release of a slot is. */
  imageOf: (spec: SlotSpec) => string;
  settings?: Partial<InstanceSettings>;
  /** What people should know, once. */
  onNotice?: (notice: string) => void;
}

const defaultSettings: InstanceSettings = {
  user: 10_001,
  writable: ['/tmp'],
  cpu: '100m',
  memory: '512Mi',
  pullSecret: null,
};

/**
 * Runs the instances of a slot as the pods of a Deployment. All that it must know is in the cluster: another runtime
 * with the same home goes on where this one was.
 */
export function createKubernetesRuntime(options: KubernetesRuntimeOptions): ClosableRuntime {
  const config = options.config ?? new KubeConfig();
  if (!options.config) config.loadFromDefault();
  return new Pods(openCluster(config), options);
}

class Pods implements ClosableRuntime {
  readonly #cluster: Cluster;
  readonly #options: KubernetesRuntimeOptions;
  readonly #serial = new Serial<SlotId>();
  readonly #watch: SlotWatch;
  readonly #views: SlotViews;
  #saidNoMetrics = false;

  constructor(cluster: Cluster, options: KubernetesRuntimeOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#watch = new SlotWatch(cluster, options.home);
    this.#views = new SlotViews(this.#watch, (slot) => this.#view(slot));
  }

  async start(given: SlotSpec): Promise<void> {
    const spec = checkSpec(given);
    const { home, imageOf, settings } = this.#options;
    await this.#serial.run(spec.slot, async () => {
      const there = await this.#deployment(spec.slot);
      if (there) refuseForeign(home, `Deployment ${there.metadata?.namespace}/${there.metadata?.name}`, there.metadata);
      if (there && !isEnding(there)) return refuseUnlessSame(await this.#specOf(there), spec);
      if (there) await this.#remove(spec.slot, there);
      const objects = slotObjects(home, spec, imageOf(spec), { ...defaultSettings, ...settings });
      for (const object of objects) await apply(this.#cluster, home, object);
      this.#watch.changesOf(spec.slot).ring();
    });
  }

  async awaitReady(slot: SlotId, deadlineMs: number, signal?: AbortSignal) {
    const verdict = await awaitReady(this.#awaited(slot), deadlineMs, signal);
    this.#watch.changesOf(slot).ring();
    return verdict;
  }

  async instances(slot: SlotId): Promise<Instance[]> {
    const view = await this.#views.lastSeen(slot);
    return view?.pods.map((pod) => instanceOf(view.spec, pod)) ?? [];
  }

  async stop(slot: SlotId): Promise<void> {
    await this.#serial.run(slot, async () => {
      const there = await this.#deployment(slot);
      // Under the name of a slot of another home, or of one that runs elsewhere: nothing to stop here.
      if (there && !isOwn(this.#options.home, there.metadata)) return;
      await this.#remove(slot, there);
      this.#watch.changesOf(slot).ring();
    });
  }

  async slots(): Promise<SlotSpec[]> {
    const labelSelector = homeSelector(this.#options.home);
    const { items } = await clusterCall('listing the slots', () =>
      this.#cluster.apps.listDeploymentForAllNamespaces({ labelSelector }),
    );
    return Promise.all(items.filter((each) => !isEnding(each)).map((each) => this.#specOf(each)));
  }

  async usage(slot: SlotId): Promise<InstanceUsage[]> {
    const view = await this.#view(slot);
    if (!view) return [];
    const usage = await usageOf(this.#cluster, placeOf(slot).namespace, slot, view.pods);
    if (usage === null && !this.#saidNoMetrics) {
      this.#saidNoMetrics = true;
      this.#options.onNotice?.('what instances use is not known: the cluster has no metrics server (metrics.k8s.io)');
    }
    return usage ?? [];
  }

  async exec(instance: string): Promise<never> {
    const slot = instance.slice(0, instance.lastIndexOf('/')) as SlotId;
    const known = await this.instances(slot);
    if (!known.some(({ id }) => id === instance)) throw new KovaError('NOT_FOUND', `there is no instance ${instance}`);
    throw new KovaError('EXEC_IMPOSSIBLE', `Kova runs no commands in a cluster yet: ${instance}`, {
      next: `Run \`kubectl exec -n ${placeOf(slot).namespace} ${instance.slice(slot.length + 1)} -- …\`.`,
    });
  }

  async *logs(
    slot: SlotId,
    options: { tail: number; follow?: boolean; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    const { spec } = (await this.#view(slot)) ?? {};
    const source = this.#logSource(slot, spec ? secretLines(spec.env) : []);
    const { lines, read } = await tailOf(source, options.tail);
    yield* lines;
    if (options.follow) yield* follow(source, read, options.signal ?? new AbortController().signal);
  }

  close(): void {
    this.#watch.close();
  }

  /** Null when there is none; it may be somebody else's. */
  async #deployment(slot: SlotId): Promise<V1Deployment | null> {
    const { namespace, name } = placeOf(slot);
    return ifThere(`looking for slot ${slot}`, () => this.#cluster.apps.readNamespacedDeployment({ namespace, name }));
  }

  async #specOf(deployment: V1Deployment): Promise<SlotSpec> {
    const { namespace = '', name: slotName } = deployment.metadata ?? {};
    const name = `${slotName}-env`;
    const [configMap, secret] = await Promise.all([
      ifThere(`reading ConfigMap ${name}`, () => this.#cluster.core.readNamespacedConfigMap({ namespace, name })),
      ifThere(`reading Secret ${name}`, () => this.#cluster.core.readNamespacedSecret({ namespace, name })),
    ]);
    return fromObjects(deployment, configMap, secret);
  }

  /** Null when it is stopped, or ending, or not of this home. */
  async #view(slot: SlotId): Promise<SlotView | null> {
    const { home } = this.#options;
    const deployment = await this.#deployment(slot);
    if (!deployment || isEnding(deployment) || !isOwn(home, deployment.metadata)) return null;
    const [spec, pods] = await Promise.all([this.#specOf(deployment), podsOf(this.#cluster, home, slot, deployment)]);
    return { spec, pods };
  }

  async #remove(slot: SlotId, deployment: V1Deployment | null): Promise<void> {
    const place = placeOf(slot);
    const { namespace } = place;
    if (deployment) {
      await deleteDeployment(this.#cluster, place, deployment, this.#watch.changesOf(slot));
    }
    const { core } = this.#cluster;
    const own = { namespace, labelSelector: `${homeSelector(this.#options.home)},dev.kova.slot=${slot.split('/')[2]}` };
    await ifThere(`deleting the Services of ${slot}`, () => core.deleteCollectionNamespacedService(own));
    await ifThere(`deleting the ConfigMaps of ${slot}`, () => core.deleteCollectionNamespacedConfigMap(own));
    await ifThere(`deleting the Secrets of ${slot}`, () => core.deleteCollectionNamespacedSecret(own));
  }

  #awaited(slot: SlotId): Awaited {
    return {
      slot,
      look: () => this.#view(slot),
      changes: this.#watch.changesOf(slot),
      explain: ({ spec }, pod) => explainPod(this.#cluster, pod, secretLines(spec.env)),
    };
  }

  #logSource(slot: SlotId, secrets: readonly Secret[]): LogSource {
    return {
      cluster: this.#cluster,
      secrets,
      pods: async () => (await this.#view(slot))?.pods ?? [],
      nameOf: (pod: V1Pod) => instanceId(slot, pod),
      changes: this.#watch.changesOf(slot),
    };
  }
}

function isEnding(deployment: V1Deployment): boolean {
  return deployment.metadata?.deletionTimestamp !== undefined;
}
