import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { z } from 'zod';

/** What `docker login` writes, as far as Kova reads it: user and password of a registry, in base64. */
const loginFile = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}) });

/**
 * With what the user whom Kova runs as has logged in to the registry of an image (`docker login`); null when he has not.
 * Passwords that are kept by a helper program (`credsStore`) are not found.
 */
export async function loginOf(image: string, env: NodeJS.ProcessEnv): Promise<Docker.AuthConfigObject | null> {
  const path = join(env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
  const parsed = loginFile.safeParse(await readJson(path));
  const registry = image.split('/', 1)[0] ?? '';
  const auth = parsed.success ? parsed.data.auths[registry]?.auth : undefined;
  if (!auth) return null;
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { username, password: password.join(':'), serveraddress: registry };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
