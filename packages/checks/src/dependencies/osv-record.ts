import { z } from 'zod';
import { type Severity, severities } from './severity.ts';

const event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});
const range = z.object({ type: z.string(), events: z.array(event) });
const affected = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  ranges: z.array(range).default([]),
  versions: z.array(z.string()).default([]),
});

/** What is read of a record; see https://ossf.github.io/osv-schema/. */
export const osvRecord = z.object({
  id: z.string(),
  modified: z.string().default(''),
  withdrawn: z.string().optional(),
  aliases: z.array(z.string()).default([]),
  summary: z.string().default(''),
  affected: z.array(affected).default([]),
  database_specific: z
    .looseObject({ severity: z.string().optional(), cwe_ids: z.array(z.string()).optional() })
    .optional(),
});

export type OsvRecord = z.output<typeof osvRecord>;
export type OsvRange = z.output<typeof range>;
export type OsvAffected = z.output<typeof affected>;

/** A malicious package is critical; what no one has weighed counts as high, so that it is not passed over. */
export function severityOf({ id, database_specific: specific }: OsvRecord): Severity {
  if (id.startsWith('MAL-')) return 'critical';
  const named = specific?.severity?.toLowerCase().replace('medium', 'moderate');
  return severities.find((one) => one === named) ?? 'high';
}
