import { KovaError } from '@kova/core/errors/kova-error';

/** No dots, slashes or leading dashes: safe as a segment of a path, and apart from the names that Kova takes itself. */
const safe = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** @throws KovaError INPUT_INVALID */
export function checkNames(project: string, environment: string): void {
  for (const [what, name] of Object.entries({ project, environment })) {
    if (!safe.test(name)) throw new KovaError('INPUT_INVALID', `${JSON.stringify(name)} is not a name for a ${what}`);
  }
}
