import { KovaError } from '@kova/core/errors/kova-error';
import type { V1ConfigMap, V1Deployment, V1Secret } from '@kubernetes/client-node';
import type { SlotSpec } from '../../../ports/runtime.ts';
import { fromWritten, writtenSpec } from '../../slot/spec.ts';

/** On the Deployment of a slot: its specification but for the environment, which is in a ConfigMap and a Secret. */
export const specAnnotation = 'dev.kova.spec';

export function toAnnotation({ env: _, ...spec }: SlotSpec): string {
  return JSON.stringify(spec);
}

/** @throws KovaError INTERNAL for one that cannot be understood: going on would end what it stands for */
export function fromObjects(
  deployment: V1Deployment,
  configMap: V1ConfigMap | null,
  secret: V1Secret | null,
): SlotSpec {
  const { name, namespace, annotations } = deployment.metadata ?? {};
  const concealed = Object.entries(secret?.data ?? {}).map(([key, value]) => [
    key,
    { secret: Buffer.from(value, 'base64').toString() },
  ]);
  const env = { ...configMap?.data, ...Object.fromEntries(concealed) };
  const written = writtenSpec.safeParse({ ...parsed(annotations?.[specAnnotation]), env });
  if (written.success) return fromWritten(written.data);
  throw new KovaError('INTERNAL', `Deployment ${namespace}/${name} has no specification that can be understood`, {
    next: `Delete the Deployment, or bring back its annotation ${specAnnotation}.`,
  });
}

function parsed(text: string | undefined): object {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return {};
  }
}
