import type { z } from 'zod';
import { formatDuration } from '../config/duration.ts';
import { configSchema } from '../config/schema.ts';
import { formatSize, size } from '../config/size.ts';
import { duration } from '../config/values.ts';
import { concealed } from '../secret.ts';
import { isObject } from './canonical.ts';
import type { Path } from './diff.ts';

/** What stands for a value that may be secret. */
export const hidden = '(not shown)';

/**
 * A value of a configuration for people, on one line. Variables of the environment are never shown, nor is what its
 * name or its form says to be secret. Null for one that is missing.
 */
export function shown(path: Path, value: unknown): string | null {
  if (value === undefined) return null;
  const safe = withoutSecrets(path, value);
  if (safe === hidden) return hidden;
  if (typeof safe === 'number') return (formatOf(path) ?? String)(safe);
  return typeof safe === 'string' ? safe : JSON.stringify(safe);
}

function withoutSecrets(path: Path, value: unknown): unknown {
  const isVariable = path.includes('env') && path.at(-1) !== 'env';
  if (isVariable && value !== null) return hidden;
  // They are told by their names alone.
  if (path.includes('secrets')) return value;
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(path, each));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets([...path, key], each)]));
  if (typeof value !== 'string') return value;
  return typeof concealed(path.at(-1) ?? '', value) === 'string' ? value : hidden;
}

/** Durations and sizes are written as text and kept as numbers: the schema alone tells them from others. */
function formatOf(path: Path): ((value: number) => string) | undefined {
  const type = path.reduce<AnyType | undefined>((within, key) => within && member(within, key), configSchema);
  const out = type && (unwrapped(type)._zod.def as TypeDef).out;
  return formats.find(({ of }) => of._zod.def.out === out)?.format;
}

const formats = [
  { of: duration, format: formatDuration },
  { of: size, format: formatSize },
];

type AnyType = z.core.$ZodType;

function member(type: AnyType, key: string): AnyType | undefined {
  const { def } = unwrapped(type)._zod as { def: TypeDef };
  if (def.type === 'object') return def.shape?.[key];
  if (def.type === 'record') return def.valueType;
  return def.options?.map((option) => member(option, key)).find((found) => found !== undefined);
}

interface TypeDef {
  type: string;
  shape?: Record<string, AnyType>;
  valueType?: AnyType;
  options?: AnyType[];
  innerType?: AnyType;
  /** What text is transformed by; a refined type shares it with the one that it was made of. */
  out?: AnyType;
}

/** Without what only adds a default or says that it may be null. */
function unwrapped(type: AnyType): AnyType {
  const { innerType } = type._zod.def as TypeDef;
  return innerType ? unwrapped(innerType) : type;
}
