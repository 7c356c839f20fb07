import { z } from '@hono/zod-openapi';
import { isBranch } from '@kova/core/repository/branch';
import { errorView } from '../error-view.ts';

const segment = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);

export const projectParams = z.object({ project: segment });
export const environmentParams = z.object({ project: segment, environment: segment });
/** A commit by its whole id. */
export const commitSha = z.string().regex(/^[0-9a-f]{40}$/, 'must be a whole commit id of 40 hex digits');
export const idParams = z.object({ id: z.string().regex(/^[a-z]+_[0-9a-f]+$/) });

export const branchName = z.string().refine(isBranch, 'is not the name of a branch');
/** A branch, or many by `*`, which stands for anything: `*`, `feature/*`. */
export const branchPattern = z
  .string()
  .refine((text) => isBranch(text.replaceAll('*', 'x')), 'is not the name of a branch, or one with * in it');

/** Who asks; for the record. */
export const by = z.string().min(1).max(80).default('local');

/** The answers of a route: what it gives, and what it says when it cannot. */
export function answers<S extends z.ZodType>(schema: S, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    default: { description: 'what went wrong', content: { 'application/json': { schema: errorView } } },
  };
}

export function jsonBody<S extends z.ZodType>(schema: S) {
  return { body: { content: { 'application/json': { schema } }, required: true } };
}
