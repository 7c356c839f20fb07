import { z } from 'zod';
import { readJson } from '../json.ts';
import { listOf } from '../json-list.ts';

const level = z.enum(['none', 'note', 'warning', 'error']);
const index = z.int().min(-1);

const rule = z.looseObject({
  id: z.string(),
  defaultConfiguration: z.looseObject({ level: level.optional() }).optional(),
});
const component = z.looseObject({ name: z.string(), rules: listOf(rule).optional() });

const location = z.looseObject({
  physicalLocation: z
    .looseObject({
      artifactLocation: z.looseObject({ uri: z.string().optional(), index: index.optional() }).optional(),
      region: z.looseObject({ startLine: z.int().min(1).optional() }).optional(),
    })
    .optional(),
});

const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index.optional(),
  rule: z
    .looseObject({
      id: z.string().optional(),
      index: index.optional(),
      toolComponent: z.looseObject({ index: index.optional() }).optional(),
    })
    .optional(),
  level: level.optional(),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']).optional(),
  message: z.looseObject({
    text: z.string().optional(),
    markdown: z.string().optional(),
    id: z.string().optional(),
    arguments: listOf(z.string()).optional(),
  }),
  locations: listOf(location).optional(),
  suppressions: listOf(
    z.looseObject({ status: z.enum(['accepted', 'underReview', 'rejected']).optional() }),
  ).optional(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
});

const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: listOf(component).optional() }),
  results: listOf(result).nullish(),
  artifacts: listOf(z.looseObject({ location: z.looseObject({ uri: z.string().optional() }).optional() })).optional(),
  invocations: listOf(z.looseObject({ executionSuccessful: z.boolean().optional() })).optional(),
  automationDetails: z.looseObject({ id: z.string().optional() }).optional(),
});

const log = z.looseObject({ version: z.literal('2.1.0'), runs: listOf(run) });

/** One tool's findings, with all that the tool wrote beside what is read here. */
export type SarifRun = z.output<typeof run>;
export type SarifResult = z.output<typeof result>;
export type SarifRule = z.output<typeof rule>;

/**
 * The runs of a SARIF 2.1.0 document.
 * @throws KovaError REPORT_MALFORMED
 */
export function readSarifRuns(text: string): SarifRun[] {
  return readJson(text, log).runs;
}
