import type { Manifest } from './validate.ts';

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** Of Services: a name of the DNS that begins with a letter. */
const serviceName = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** What no schema knows: names that the API server would refuse, and references that lead nowhere. */
export function inconsistencies(manifests: readonly Manifest[]): string[] {
  const named = (kind: string, name: string) =>
    manifests.find((each) => each.kind === kind && each.metadata.name === name);
  return [...manifests.flatMap(wrongNames), ...references(manifests).filter(([kind, name]) => !named(kind, name))].map(
    String,
  );
}

function wrongNames({ kind, metadata }: Manifest): string[] {
  const { name, namespace, labels = {} } = metadata;
  const wrong = [kind === 'Service' ? !serviceName.test(name) : !label.test(name) && `${kind} ${name}`];
  if (kind !== 'Namespace') wrong.push(!label.test(namespace ?? '') && `${kind} ${name} in ${namespace}`);
  wrong.push(...Object.values(labels).map((value) => !labelValue.test(value) && `${kind} ${name}: ${value}`));
  return wrong.filter(Boolean).map(String);
}

function references(manifests: readonly Manifest[]): [string, string][] {
  return manifests.flatMap(({ kind, metadata, spec }): [string, string][] => {
    const inside: [string, string][] = kind === 'Namespace' ? [] : [['Namespace', metadata.namespace ?? '']];
    if (kind === 'Deployment') return [...inside, ...ofPod(spec.template.spec)];
    if (kind === 'HorizontalPodAutoscaler') return [...inside, [spec.scaleTargetRef.kind, spec.scaleTargetRef.name]];
    if (kind === 'HTTPRoute') {
      return [...inside, ...spec.rules[0].backendRefs.map((to: { kind: string; name: string }) => [to.kind, to.name])];
    }
    return inside;
  });
}

function ofPod(pod: Manifest['spec']): [string, string][] {
  const [container] = pod.containers;
  return [
    ['ServiceAccount', pod.serviceAccountName],
    ...container.envFrom.map((from: Manifest['spec']): [string, string] => ['ConfigMap', from.configMapRef.name]),
  ];
}
