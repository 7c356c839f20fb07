import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** Of projects, environments, services and jobs; safe in paths, host names and git refs. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'use lower-case letters, digits and dashes, 40 at most');

/** A path in the checkout. */
export const insidePath = z
  .string()
  .min(1)
  // `{..,a}/b` is a pattern that leads out as well.
  .refine(
    (path) => !path.startsWith('/') && !/(^|[/{(,|])\.\.($|[/}),|])/.test(path),
    'must stay inside the repository',
  )
  .refine((path) => !path.includes('\0'), 'must not hold a NUL character');

export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name for an environment variable');

/** Of a secret: the variable that the jobs which ask for it find it in. */
export const secretName = envName.refine((name) => !/^KOVA_/i.test(name), "names that begin with KOVA_ are Kova's own");

export const envVars = z.record(envName, z.string());

/** Variables that get a secret of the project, by its name; in a list the variable has the name of the secret. */
export const envSecrets = z.union([
  z.array(secretName).transform((names) => Object.fromEntries(names.map((name) => [name, name]))),
  z.record(secretName, secretName),
]);

/** A duration in the configuration: text such as `5m` in, milliseconds out. */
export const duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === null) {
      context.addIssue(`"${text}" is not a duration; write 250ms, 10s, 5m, 2h or 30d`);
      return z.NEVER;
    }
    return ms;
  })
  .meta({ type: 'string', description: 'a duration: 250ms, 10s, 5m, 2h, 30d' });
