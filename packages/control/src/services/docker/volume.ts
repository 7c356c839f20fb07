import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, ifThere } from '../../engine/explain.ts';
import { homeLabel } from '../../engine/labels.ts';

/**
 * The volume of that name; made when it is missing. Idempotent. CONFLICT when another's has its name: it is not
 * touched.
 */
export async function ensureVolume(engine: Docker, name: string, labels: Record<string, string>): Promise<void> {
  const found = await findVolume(engine, name);
  // Who makes one that is there is given that one: what it says counts.
  if (!found) await engineCall(`volume ${name}`, () => engine.createVolume({ Name: name, Labels: labels }));
  const volume = await engineCall(`volume ${name}`, () => engine.getVolume(name).inspect());
  if (volume.Labels?.[homeLabel] === labels[homeLabel]) return;
  throw new KovaError('CONFLICT', `the volume ${name} was not made by this Kova`, {
    next: `Look at it with \`docker volume inspect ${name}\`; rename or remove it if nothing needs it.`,
  });
}

/** Null when there is none. */
export async function findVolume(engine: Docker, name: string): Promise<Docker.VolumeInspectInfo | null> {
  return engineCall(`volume ${name}`, () => ifThere(engine.getVolume(name).inspect()));
}
