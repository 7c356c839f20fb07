import type { SlotId } from '@kova/core/environment/slot';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from '../../engine/explain.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { type AppUser, ownUser } from '../container/confinement.ts';
import type { ContainerIdentity } from '../docker/identity.ts';
import { hasSecrets, secretsText } from './environment.ts';
import { ensureOverlay } from './overlay.ts';
import { findService, removed, removeSecret } from './service.ts';
import { serviceSpec } from './service-spec.ts';

export interface MakerOptions {
  engine: Docker;
  identity: ContainerIdentity;
  /** What releases run in that are in no image of their own. */
  baseImage: string;
  asOf: (slot: SlotId) => AppUser | null;
  /** With which the machines of the swarm pull an image; null for a registry that asks for nothing. */
  credentialsOf: (project: string, image: string) => Promise<Docker.AuthConfigObject | null>;
}

/** A name is a DNS label of up to 63 characters; so much of it tells people which slot it is. */
const shownOfSlot = 31;

/** Makes the services of slots with their secrets and networks, and clears up after them. */
export class ServiceMaker {
  readonly #options: MakerOptions;

  constructor(options: MakerOptions) {
    this.#options = options;
  }

  /** `kova-<home>-shop-production-blue-<launch>` */
  nameOf(slot: SlotId, launch: string): string {
    const shown = slot.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, shownOfSlot);
    return ['kova', this.#options.identity.home, shown.replaceAll(/^-|-$/g, ''), launch].join('-');
  }

  /** Makes the service unless it is there. Returns its id. */
  async make(spec: SlotSpec, launch: string): Promise<string> {
    const { engine, identity, baseImage, asOf, credentialsOf } = this.#options;
    const name = this.nameOf(spec.slot, launch);
    const found = await findService(engine, identity, name);
    if (found) return found.ID;
    const image = spec.image ?? baseImage;
    const labels = identity.labelsOfSlot(spec.slot, name);
    const network = await ensureOverlay(engine, identity.placeOf(spec.slot));
    const secret = hasSecrets(spec.env) ? await this.#makeSecret(spec, name, labels) : null;
    const described = serviceSpec({ name, labels, spec, image, as: asOf(spec.slot) ?? ownUser(), secret, network });
    const auth = await credentialsOf(identity.placeOf(spec.slot).project, image);
    return engineCall(`creating the service of ${spec.slot}`, async () => {
      const made = auth ? engine.createService(auth, described) : engine.createService(described);
      return (await made).id;
    });
  }

  /** Removes what a service had beside its tasks; the network is the environment's and stays. Idempotent. */
  async clearUp(slot: SlotId, launch: string): Promise<void> {
    const { engine } = this.#options;
    const name = this.nameOf(slot, launch);
    await engineCall(`removing the secret of ${slot}`, () => removeSecret(engine, name));
  }

  /** One that is left of an attempt that failed may hold something else. */
  async #makeSecret({ slot, env }: SlotSpec, name: string, labels: Record<string, string>) {
    const { engine } = this.#options;
    const Data = Buffer.from(secretsText(env)).toString('base64');
    return engineCall(`creating the secret of ${slot}`, async () => {
      const create = () => engine.createSecret({ Name: name, Labels: labels, Data }) as Promise<{ id: string }>;
      const { id } = await create().catch(async (error: unknown) => {
        if (engineStatus(error) !== 409) throw error;
        await removed(engine.getSecret(name).remove());
        return create();
      });
      return { id, name };
    });
  }
}
