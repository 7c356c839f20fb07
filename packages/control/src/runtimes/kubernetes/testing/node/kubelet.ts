import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { leaveSeconds } from '@kova/render/kubernetes';
import type { Stored } from '../server/object.ts';
import type { Store } from '../server/store.ts';
import { type NodeSettings, PodWorker } from './pod-worker.ts';

/** What happens to a pod instead of being run, by its status: `{ containerStatuses: [{ state: { waiting: … } }] }`. */
export type Script = (pod: Stored) => object | null;

/** The machine of the stand-in cluster: takes every pod, and runs it, or does with it what the script says. */
export class Kubelet {
  readonly #store: Store;
  readonly #settings: NodeSettings;
  readonly #workers = new Map<string, PodWorker>();
  readonly #ending = new Map<string, Promise<void>>();
  /** 127/8 is all this machine, so each pod can have port 3000 of an address for itself. */
  readonly #network = `127.${randomInt(2, 250)}.${randomInt(256)}`;
  #pods = 0;
  script: Script = () => null;

  constructor(store: Store, settings: NodeSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  worker(pod: Stored): PodWorker | undefined {
    return this.#workers.get(pod.metadata.uid);
  }

  /** One round over all pods. */
  sync(): void {
    const pods = this.#store.list('Pod');
    for (const pod of pods) {
      const { uid, deletionTimestamp } = pod.metadata;
      if (deletionTimestamp) this.#end(pod);
      else if (!this.#workers.has(uid)) this.#take(pod);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(0)));
    await Promise.all(this.#ending.values());
  }

  #take(pod: Stored): void {
    if (!pod.metadata.ownerReferences?.length) return;
    const scripted = this.script(pod);
    if (scripted) {
      if (!isDeepStrictEqual(pod.status, { phase: 'Pending', ...scripted }))
        this.#store.change(pod, (now) => Object.assign(now, { status: { phase: 'Pending', ...scripted } }));
      return;
    }
    this.#pods += 1;
    const ip = `${this.#network}.${this.#pods}`;
    const worker = new PodWorker(this.#store, pod, ip, this.#settings);
    this.#workers.set(pod.metadata.uid, worker);
    worker.start();
  }

  #end(pod: Stored): void {
    const { uid, finalizers = [], deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (finalizers.length > 0) return;
    if (this.#ending.has(uid)) return;
    const worker = this.#workers.get(uid);
    // The time in which others hear of it is not waited for here; the app has all of its own.
    const graceMs = Math.max(0, deletionGracePeriodSeconds - leaveSeconds) * 1000;
    const ended = (worker?.stop(graceMs) ?? Promise.resolve()).then(() => {
      this.#workers.delete(uid);
      this.#ending.delete(uid);
      const now = this.#store.find('Pod', pod.metadata.namespace, pod.metadata.name);
      if (now?.metadata.uid === uid) this.#store.remove(now);
    });
    this.#ending.set(uid, ended);
  }
}
