import type Docker from 'dockerode';
import { engineCall, engineStatus, ifThere } from '../../engine/explain.ts';
import { homeLabel } from '../../engine/labels.ts';
import type { ContainerIdentity } from '../docker/identity.ts';

/** What the engine tells of a service, as far as Kova asks. */
export interface SeenService {
  ID: string;
  Version: { Index: number };
  Spec: Docker.ServiceSpec;
}

interface SeenSecret {
  Spec: { Name: string; Labels?: Record<string, string> };
}

/** The service of that name; null when there is none, or when it is not of this home. */
export async function findService(
  engine: Docker,
  identity: ContainerIdentity,
  name: string,
): Promise<SeenService | null> {
  return engineCall(`looking at the service ${name}`, async () => {
    const seen = (await ifThere(engine.getService(name).inspect())) as SeenService | null;
    return seen && identity.made(seen.Spec.Name ?? '', seen.Spec.Labels ?? {}) ? seen : null;
  });
}

/** The swarm may change a service at the same time, by which its version grows. */
const attempts = 5;

/** Tells the swarm that the service shall have no tasks: they are asked to stop, and killed after their grace period. */
export async function emptyService(engine: Docker, { ID }: SeenService): Promise<void> {
  const service = engine.getService(ID);
  for (let attempt = 1; ; attempt += 1) {
    const { Version, Spec } = (await service.inspect()) as SeenService;
    if (Spec.Mode?.Replicated?.Replicas === 0) return;
    try {
      await service.update({ version: Version.Index, ...Spec, Mode: { Replicated: { Replicas: 0 } } });
      return;
    } catch (error) {
      if (attempt === attempts || !/out of sequence/.test(String(error))) throw error;
    }
  }
}

/** The services that the home of that identity has made; what only says so is left out. */
export async function ownServices(engine: Docker, identity: ContainerIdentity): Promise<SeenService[]> {
  const filters = { label: [`${homeLabel}=${identity.home}`] };
  const found = await engineCall('looking for services', () => engine.listServices({ filters }));
  return (found as SeenService[]).filter(({ Spec }) => identity.made(Spec.Name ?? '', Spec.Labels ?? {}));
}

/** Removes a service with its tasks, which are ended by the swarm, and its secret. Idempotent. */
export async function removeService(engine: Docker, { ID, Spec }: SeenService): Promise<void> {
  await removed(engine.getService(ID).remove());
  await removeSecret(engine, Spec.Name ?? '');
}

/** Removes the secret of a service; one that somebody else's service uses stays, as the swarm refuses. Idempotent. */
export async function removeSecret(engine: Docker, name: string): Promise<void> {
  await removed(engine.getSecret(name).remove()).catch((error: unknown) => {
    if (engineStatus(error) !== 400) throw error;
  });
}

/** Names of the secrets that the home of that identity has made. */
export async function ownSecrets(engine: Docker, identity: ContainerIdentity): Promise<string[]> {
  const filters = { label: [`${homeLabel}=${identity.home}`] };
  const found = (await engineCall('looking for secrets', () => engine.listSecrets({ filters }))) as SeenSecret[];
  return found.flatMap(({ Spec: { Name, Labels } }) => (identity.made(Name, Labels ?? {}) ? [Name] : []));
}

/** What was removed meanwhile is no error. */
export async function removed(removing: Promise<unknown>): Promise<void> {
  await ifThere(removing);
}
