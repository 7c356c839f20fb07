import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { follow } from '../../engine/progress.ts';
import type { PushTarget } from '../../ports/images.ts';
import { explainPush } from './errors.ts';

/** Has the engine push what it knows by that tag. Returns the manifest that is at the registry then, and its bytes. */
export async function pushTag(
  engine: Docker,
  { name, credentials, signal }: PushTarget,
  tag: string,
): Promise<{ digest: string; size: number }> {
  const doing = `pushing ${name}:${tag}`;
  let pushed: { Digest?: string; Size?: number } = {};
  try {
    const authconfig = credentials
      ? { username: credentials.username, password: credentials.password.reveal() }
      : { username: '', password: '' };
    const options = { tag, authconfig, abortSignal: signal };
    const stream = await engineCall(doing, () => engine.getImage(name).push(options));
    await follow(doing, stream, ({ aux }) => {
      pushed = aux?.Digest ? aux : pushed;
    });
  } catch (error) {
    throw explainPush(error, name);
  }
  const { Digest: digest, Size: size } = pushed;
  if (digest && size) return { digest, size };
  throw new KovaError('ENGINE_FAILED', `${doing}: the engine told no digest`);
}
