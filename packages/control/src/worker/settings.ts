import { nameSchema } from '@kova/core/config/values';
import { KovaError } from '@kova/core/errors/kova-error';
import { controlLabel } from '@kova/core/pipeline/image-job';
import { z } from 'zod';

const most = 1000;

/**
 * How many jobs the control plane itself takes at a time (KOVA_JOBS): 0 for none, null for its share of the cores.
 * @throws KovaError INPUT_INVALID
 */
export function jobsOfControl(env: NodeJS.ProcessEnv = process.env): number | null {
  const text = env.KOVA_JOBS;
  if (!text) return null;
  const value = z.coerce.number().int().min(0).max(most).safeParse(text);
  if (value.success) return value.data;
  throw new KovaError('INPUT_INVALID', `KOVA_JOBS is no whole number from 0 to ${most}: ${text}`);
}

/** @throws KovaError INPUT_INVALID */
export function checkLabels(labels: readonly string[]): string[] {
  const bad = labels.find((label) => !nameSchema.safeParse(label).success);
  if (labels.includes(controlLabel)) {
    throw new KovaError('INPUT_INVALID', `${controlLabel} is the label of the control plane, which alone makes images`);
  }
  if (bad === undefined) return [...new Set(labels)];
  throw new KovaError('INPUT_INVALID', `${bad} is no label: lower case letters, digits and dashes`);
}
