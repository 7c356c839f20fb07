// A control plane that does nothing but run one migration in a container; started by tests to be killed.
import { Secret } from '@kova/core/secret';
import { engineClient } from '../../../engine/client.ts';
import { ContainerIdentity } from '../../docker/identity.ts';
import { ContainerMigrator } from '../container-migrator.ts';

const { host, homeId, baseImage, migration } = JSON.parse(process.argv[2] ?? '');
const migrator = new ContainerMigrator({
  ...{ engine: engineClient({ DOCKER_HOST: host }), identity: new ContainerIdentity(new Secret(homeId)), baseImage },
  asOf: () => ({ uid: 70_123, gid: 70_123 }),
});
await migrator.run(migration, new AbortController().signal);
