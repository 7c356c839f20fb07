import type { Stored } from '../server/object.ts';
import type { Store } from '../server/store.ts';

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string; optional?: boolean }; fieldRef?: { fieldPath: string } };
}

/** The environment of a pod's container, as the kubelet makes it. @throws Error with its words when something is missing */
export function environmentOf(store: Store, pod: Stored): Record<string, string> {
  const { namespace } = pod.metadata;
  const [container] = pod.spec.containers;
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = store.find('ConfigMap', namespace, configMapRef.name);
    if (!map) throw new Error(`configmap "${configMapRef.name}" not found`);
    Object.assign(env, map.data);
  }
  for (const variable of (container.env ?? []) as Variable[]) {
    const value = valueFor(store, pod, variable, env);
    if (value !== null) env[variable.name] = value;
  }
  return env;
}

function valueFor(
  store: Store,
  pod: Stored,
  { value, valueFrom }: Variable,
  env: Record<string, string>,
): string | null {
  const { namespace, name } = pod.metadata;
  if (valueFrom?.fieldRef) return name;
  if (!valueFrom?.secretKeyRef) return (value ?? '').replaceAll(/\$\((\w+)\)/g, (text, key) => env[key] ?? text);
  const { name: secretName, key, optional } = valueFrom.secretKeyRef;
  const data = store.find('Secret', namespace, secretName)?.data?.[key];
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  if (optional) return null;
  throw new Error(`couldn't find key ${key} in Secret ${namespace}/${secretName}`);
}
