/** The kinds that the stand-in knows, as discovery tells them. */
export interface Resource {
  groupVersion: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  groupVersion: 'v1',
  plural,
  kind,
  namespaced,
});
const apps = (plural: string, kind: string): Resource => ({ groupVersion: 'apps/v1', plural, kind, namespaced: true });

export const resources: readonly Resource[] = [
  core('namespaces', 'Namespace', false),
  core('serviceaccounts', 'ServiceAccount'),
  core('configmaps', 'ConfigMap'),
  core('secrets', 'Secret'),
  core('services', 'Service'),
  core('pods', 'Pod'),
  core('events', 'Event'),
  apps('deployments', 'Deployment'),
  apps('replicasets', 'ReplicaSet'),
];

export function resourceOf(kind: string): Resource {
  const found = resources.find((resource) => resource.kind === kind);
  if (!found) throw new Error(`the stand-in knows no ${kind}`);
  return found;
}

/** The answer to `GET /apis/apps/v1`. */
export function discovery(groupVersion: string): object {
  const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
  const served = resources.filter((resource) => resource.groupVersion === groupVersion);
  return {
    ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion },
    resources: served.map(({ plural, kind, namespaced }) => ({
      name: plural,
      singularName: '',
      namespaced,
      kind,
      verbs,
    })),
  };
}
