import { secretName } from '@kova/core/config/values';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';

/**
 * The variables of the control plane that `KOVA_SECRETS_FROM_ENV` lets jobs ask for, on a machine of a CI that has no
 * secrets set. Only those: whoever commits says which secrets a job asks for, and shall not get at all that the control
 * plane was started with. @throws KovaError INPUT_INVALID for what is no name of a secret
 */
export function givenSecrets(env: NodeJS.ProcessEnv): Record<string, Secret> {
  const names = (env.KOVA_SECRETS_FROM_ENV ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const entries = names.flatMap((name) => {
    if (!secretName.safeParse(name).success) {
      throw new KovaError('INPUT_INVALID', `KOVA_SECRETS_FROM_ENV: ${name} is no name of a secret`);
    }
    const value = env[name];
    // What a CI has no value for is an empty variable there.
    return value ? [[name, new Secret(value)] as const] : [];
  });
  return Object.fromEntries(entries);
}
