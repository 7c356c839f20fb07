import type { z } from 'zod';
import { KovaError } from '../errors/kova-error.ts';
import { crossCheck } from './cross-check.ts';
import { formatPath } from './path.ts';
import { configSchema, type ProjectConfig } from './schema.ts';

/**
 * Validates an evaluated configuration.
 * @throws KovaError CONFIG_INVALID that names every bad key by its path and what is allowed there.
 */
export function parseConfig(value: unknown): ProjectConfig {
  const result = configSchema.safeParse(value);
  const problems = result.success
    ? crossCheck(result.data)
    : result.error.issues.flatMap((issue) => describeIssue(issue, value));
  if (result.success && problems.length === 0) return result.data;
  throw new KovaError('CONFIG_INVALID', `kova.config.ts: ${problems.join('\n  ')}`);
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = formatPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: unknown key`);
  }
  if (issue.path.length > 0 && at(value, issue.path) === undefined) return [`${path}: missing`];
  if (issue.code === 'invalid_union' && issue.errors[0]?.[0]) return [`${path}: ${issue.message}`];
  return [`${path || '(whole)'}: ${issue.message}`];
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key], value);
}
