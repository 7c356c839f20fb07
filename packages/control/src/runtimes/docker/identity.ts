import { createHmac } from 'node:crypto';
import { environmentOf, type SlotId } from '@kova/core/environment/slot';
import type { Secret } from '@kova/core/secret';
import { homeMark, type Place, placeLabels } from '../../engine/labels.ts';

export const instanceLabel = 'dev.kova.instance';
const proofLabel = 'dev.kova.proof';

/** The launch that a container was made for, by its name. */
export function launchOf(name: string): string {
  return name.split('-').at(-1) ?? '';
}

/** Names and marks of the containers of one home. */
export class ContainerIdentity {
  readonly home: string;
  readonly #key: Secret;

  constructor(homeId: Secret) {
    this.home = homeMark(homeId);
    this.#key = homeId;
  }

  placeOf(slot: SlotId): Place {
    return { home: this.home, ...environmentOf(slot) };
  }

  /** `kova-<home>-shop-production-blue-0-<launch>`: no two launches have the same, and people can read it. */
  nameOf(slot: SlotId, index: number | 'migration', launch: string): string {
    return ['kova', this.home, ...slot.split('/'), index, launch].join('-');
  }

  labelsOf(slot: SlotId, index: number, name: string): Record<string, string> {
    return { ...this.labelsOfSlot(slot, name), [instanceLabel]: `${slot}/${index}` };
  }

  /** Of what stands for a whole slot. */
  labelsOfSlot(slot: SlotId, name: string): Record<string, string> {
    return { ...placeLabels(this.placeOf(slot)), [proofLabel]: this.#proof(name) };
  }

  /**
   * Whether this home made the container of that name. Who copies the labels cannot copy the name with them, and without
   * the home's id nobody can make the proof for another name.
   */
  made(name: string, labels: Readonly<Record<string, string>>): boolean {
    return labels[proofLabel] === this.#proof(name);
  }

  #proof(name: string): string {
    return createHmac('sha256', this.#key.reveal()).update(name).digest('hex').slice(0, 32);
  }
}
