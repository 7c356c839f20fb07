import { isAbsolute } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { runtimeKinds } from '@kova/core/config/runtime';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { z } from 'zod';
import type { SlotSpec } from '../../ports/runtime.ts';

const name = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const slotPattern = new RegExp(`^${name}/${name}/(blue|green)$`);
const withoutNull = z.string().refine((text) => !text.includes('\0'), 'must hold no NUL character');
const variable = z.string().regex(/^[^=\0]+$/, 'is no name of an environment variable');
const milliseconds = z.number().positive();

const common = {
  slot: z.custom<SlotId>((value) => typeof value === 'string' && slotPattern.test(value), 'is no slot'),
  release: z.string().regex(new RegExp(`^${name}$`), 'is no release id'),
  directory: withoutNull.refine(isAbsolute, 'must be absolute'),
  start: z.tuple([withoutNull.min(1)], withoutNull),
  instances: z.int().min(1).max(1000),
  health: z.object({
    path: z.string().regex(/^\/[!-~]*$/, 'must be a path that starts with /'),
    intervalMs: milliseconds,
    timeoutMs: milliseconds,
  }),
  runtime: z.enum(runtimeKinds).optional(),
  image: withoutNull.min(1).optional(),
  limits: z
    .object({
      memory: z.number().positive().nullable(),
      cpus: z.number().positive().nullable(),
      processes: z.int().min(1).nullable(),
    })
    .optional(),
  stopTimeoutMs: z.number().nonnegative(),
  maxLogBytes: z.int().min(1),
};

const specSchema = z.object({
  ...common,
  env: z.record(variable, z.union([withoutNull, z.instanceof(Secret)])),
});

/** The specification as it is written down: the one place where secrets stand in plain, in a file of mode 0600. */
export const writtenSpec = z.object({
  ...common,
  env: z.record(variable, z.union([withoutNull, z.object({ secret: withoutNull })])),
});

/** @throws KovaError INPUT_INVALID naming the field */
export function checkSpec(spec: SlotSpec): SlotSpec {
  const checked = specSchema.safeParse(spec);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new KovaError('INPUT_INVALID', `the specification of slot ${spec.slot} is wrong: ${problems.join('; ')}`);
}

export function toWritten(spec: SlotSpec): z.infer<typeof writtenSpec> {
  const entries = Object.entries(spec.env).map(([key, value]) => [
    key,
    value instanceof Secret ? { secret: value.reveal() } : value,
  ]);
  return { ...spec, start: spec.start as [string, ...string[]], env: Object.fromEntries(entries) };
}

export function fromWritten(written: z.infer<typeof writtenSpec>): SlotSpec {
  const entries = Object.entries(written.env).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : new Secret(value.secret),
  ]);
  return { ...written, env: Object.fromEntries(entries) };
}

/** The environment in plain, for the process alone. */
export function revealed(env: SlotSpec['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]),
  );
}

/** Each line of a secret is a secret: output is scrubbed by the line. */
export function secretLines(env: SlotSpec['env']): Secret[] {
  return Object.values(env)
    .filter((value) => value instanceof Secret)
    .flatMap((secret) => secret.reveal().split('\n'))
    .map((line) => new Secret(line.trim()));
}

/** The names of the fields in which two specifications differ; values are not shown, they may be secret. */
export function differences(one: SlotSpec, other: SlotSpec): string[] {
  const [a, b] = [toWritten(one), toWritten(other)];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof typeof a)[]);
  return [...keys].filter((key) => !isDeepStrictEqual(a[key], b[key]));
}

/** @throws KovaError CONFLICT when the slot runs something else than is wanted */
export function refuseUnlessSame(running: SlotSpec, wanted: SlotSpec): void {
  const differing = differences(running, wanted);
  if (differing.length === 0) return;
  const what =
    running.release === wanted.release
      ? `release ${wanted.release} with another ${differing.join(', ')}`
      : `release ${running.release}`;
  throw new KovaError('CONFLICT', `slot ${wanted.slot} runs ${what}`, { next: 'Stop the slot first.' });
}
