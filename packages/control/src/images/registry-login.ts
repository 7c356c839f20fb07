import type Docker from 'dockerode';
import { loginOf } from '../engine/login.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Store } from '../store/connect.ts';
import { newestConfig } from '../store/releases.ts';

export interface Logins {
  db: Store;
  vault: Pick<Vault, 'open'>;
  env: NodeJS.ProcessEnv;
}

/**
 * With what other machines pull an image of a project: `image.credentials` for the registry that Kova pushes to, with
 * the password of today, else what `docker login` left for Kova's user. Null when neither is there.
 * @throws KovaError SECRET_MISSING, SECRET_UNREADABLE
 */
export async function registryLogin(
  { db, vault, env }: Logins,
  project: string,
  image: string,
): Promise<Docker.AuthConfigObject | null> {
  const wanted = (await newestConfig(db, project))?.image;
  if (!wanted?.credentials || !wanted.registry || !image.startsWith(`${wanted.registry}/`)) return loginOf(image, env);
  const { username, password: name } = wanted.credentials;
  const { [name]: password } = await vault.open(project, { name: 'pull', secrets: [name] });
  return password
    ? { username, password: password.reveal(), serveraddress: wanted.registry.split('/', 1)[0] ?? '' }
    : null;
}
