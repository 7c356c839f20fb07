import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { expand } from '@kova/core/pipeline/graph';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { expression } from './expression.ts';
import { idOf } from './graph.ts';
import { shipId } from './ship.ts';
import { validate } from './testing/validate.ts';
import { renderWorkflow } from './workflow.ts';

interface Step {
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  jobs: Record<
    string,
    { needs?: string[]; strategy?: { matrix: { include: Array<{ job: string }> } }; steps: Step[]; name: string }
  >;
}

/** What breaks YAML, expressions and shells, beside plain text. */
const pieces = fc.constantFrom(
  ...[
    '${{',
    '}}',
    '${{ secrets.KOVA_TOKEN }}',
    "'${{' }}",
    '$(id)',
    '`id`',
    '"',
    "'",
    ';',
    '\n',
    '\r\n',
    '\t',
    ' #',
    ': ',
  ],
  ...[
    '- ',
    '*a',
    '&a',
    '|',
    '>',
    '!!js',
    '%',
    '@',
    '\\',
    '$KOVA_TOKEN',
    '{',
    '}',
    '[',
    ']',
    ',',
    '\u0001',
    '\u2028',
    '\u0085',
    '\ufeff',
    'é',
  ],
);
const value = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 6 })), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))
  // No variable of a process can hold a zero.
  .map((text) => text.replaceAll('\0', '') || '-');
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/);
const jobName = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/),
    fc.constantFrom('on', 'ship', 'null', '0x1', '1e3'),
  )
  .filter((name) => !['install', 'build'].includes(name));

const job = fc.record({
  matrix: fc.dictionary(variable, fc.uniqueArray(value, { minLength: 1, maxLength: 2 }), { maxKeys: 2 }),
  env: fc.dictionary(variable, value, { maxKeys: 2 }),
  run: fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  needs: fc.array(fc.nat(3), { maxLength: 2 }),
  services: fc.subarray(['postgres', 'redis'] as const),
  browser: fc.boolean(),
  sarif: fc.boolean(),
});

const configs = fc
  .uniqueArray(fc.tuple(jobName, job), { minLength: 1, maxLength: 4, selector: ([name]) => name })
  .map((jobs): ConfigInput => {
    const made = jobs.map(([name, { needs, sarif, ...wish }], index) => {
      const before = [...new Set(needs.filter((need) => need < index))].map((need) => jobs[need]![0]);
      return [name, { ...wish, needs: before, reports: sarif ? [{ kind: 'sarif', path: 'x' }] : [] }] as const;
    });
    return {
      ...{ name: 'shop', app: { start: 'x', install: null, build: null } },
      pipeline: { use: 'none', jobs: Object.fromEntries(made) as NonNullable<ConfigInput['pipeline']>['jobs'] },
    };
  });

/** What GitHub makes of a text: the expression that stands for its own beginning is all that it may have to evaluate. */
function evaluated(text: string): string {
  const own = expression("'${{'");
  expect(text.replaceAll(own, '')).not.toContain('${{');
  return text.replaceAll(own, '${{');
}

test('whatever is in a pipeline, the workflow says the same, both validators take it, and no value gets out', async () => {
  await fc.assert(
    fc.asyncProperty(configs, async (input) => {
      const config = parseConfig(input);
      const text = renderWorkflow(config);
      const { jobs } = parse(text) as Workflow;
      const wanted = resolveJobs(config);
      expect(Object.keys(jobs).sort()).toEqual([...Object.keys(wanted).map(idOf), shipId].sort());
      for (const [name, { needs, matrix }] of Object.entries(wanted)) {
        const rendered = jobs[idOf(name)]!;
        expect(rendered.needs ?? []).toEqual(expect.arrayContaining(needs.map(idOf)));
        const runs = expand(wanted).filter((run) => run.job === wanted[name]);
        const include = rendered.strategy?.matrix.include.map((each) => evaluated(each.job));
        expect(include).toEqual(Object.keys(matrix).length > 0 ? runs.map((run) => run.name) : undefined);
        for (const { run = '' } of rendered.steps) assertConstant(run, name);
      }
      expect(await validate(text)).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 120_000);

/** The text of a command is one of those that are known, in which at most the name of the job differs. */
function assertConstant(run: string, name: string): void {
  expect(run).not.toContain('${{');
  const known = new RegExp(
    `^(npm ci|npx --no -- kova (up|pipeline run --commit HEAD --job (${name}|"\\$KOVA_JOB") --results "\\$RUNNER_TEMP/kova/results" --reports "\\$RUNNER_TEMP/kova/reports")|if ! \\{ command -v [a-z -|]+; \\}; then\\n  sudo apt-get update\\n  sudo apt-get install --yes --no-install-recommends (redis-server|chromium)\\nfi\\n)?$`,
  );
  expect(run).toMatch(known);
}

test('what a job is given as environment is for Kova to know, and stands nowhere in the workflow', () => {
  const jobs = { a: { run: ['x'], env: { A: '${{ secrets.KOVA_TOKEN }}-mark', B: 'mark' } } };
  const text = renderWorkflow(parseConfig({ name: 'shop', app: { start: 'x' }, pipeline: { use: 'none', jobs } }));
  expect(text).not.toContain('mark');
});
