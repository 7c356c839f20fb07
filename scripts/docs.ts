import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configSchema } from '@kova/core/config/schema';
import { errorCodes } from '@kova/core/errors/codes';
import { figures } from '@kova/core/pipeline/evidence/figures';

/** `node scripts/docs.ts` writes the generated reference; `--check` fails when it differs or a link leads nowhere. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What of JSON Schema the configuration uses. */
interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | false;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const jsonSchema = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as Schema;

const generated: Readonly<Record<string, () => string>> = {
  'docs/reference/config.md': configPage,
  'docs/reference/config.schema.json': () => `${JSON.stringify(jsonSchema, null, 2)}\n`,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/evidence.md': evidencePage,
};

const note = (source: string) => `<!-- Written by scripts/docs.ts from ${source}; do not edit. -->\n`;

function configPage(): string {
  return `${note('packages/core/src/config/schema.ts')}
# Configuration

\`kova.config.ts\` lies at the top of the repository and is committed with it. It is evaluated in a process of its own,
without rights, and reduced to validated JSON, which the release records: a release keeps the configuration that it was
built with. Unknown keys and bad values are refused with their path. The same as JSON Schema:
[config.schema.json](config.schema.json).

\`\`\`ts
import { blueGreen, canary, defineConfig, nextjs, node, postgres, redis } from 'kova';
\`\`\`

\`defineConfig\` gives the editor the types. \`nextjs()\` and \`node()\` fill in \`app\`, \`postgres()\` and \`redis()\` one of
\`services\`, \`blueGreen()\` and \`canary()\` a \`strategy\`; each takes an object that overrides single keys.

- A **duration** is text such as \`250ms\`, \`10s\`, \`5m\`, \`2h\` or \`30d\`.
- A **command** is one program with its arguments, \`'npm run build'\` or \`['npm', 'run', 'build']\`; no shell sees it.
- **required** in the column "default" means that the key must be there.

${section('Top level', '', jsonSchema).trim()}

## Rules between keys

- \`database.migrate\` needs a \`postgres\` service.
- A host belongs to one environment.
- \`app.health.deadline\` is not shorter than \`app.health.interval\`.
`;
}

function section(title: string, path: string, schema: Schema): string {
  const properties = Object.entries(schema.properties ?? {});
  const rows = properties.map(([key, property]) => row(key, property, schema.required?.includes(key) ?? false));
  const nested = properties.map(([key, property]) => sectionsBelow(path ? `${path}.${key}` : key, property));
  const table = ['| key | type | default | |', '|---|---|---|---|', ...rows].join('\n');
  return [`## ${title}\n`, `${table}\n`, ...longDefaults(properties), ...nested].filter(Boolean).join('\n');
}

/** The sections of what lies inside a property: an object, the elements of a list or record, the variants of a union. */
function sectionsBelow(path: string, schema: Schema): string {
  if (schema.properties) return section(titleOf(path, schema), path, schema);
  if (schema.items) return sectionsBelow(`${path}[]`, schema.items);
  if (schema.additionalProperties) return sectionsBelow(`${path}.<name>`, schema.additionalProperties);
  const variants = schema.oneOf ?? schema.anyOf ?? [];
  return variants
    .map((variant) => sectionsBelow(path, variant))
    .filter(Boolean)
    .join('\n');
}

/** A variant of a union is told by its constant: `strategy` with kind `canary`. */
function titleOf(path: string, { properties = {} }: Schema): string {
  const [mark] = Object.entries(properties).filter(([, property]) => typeof property.const === 'string');
  return mark ? `\`${path}\` with ${mark[0]} \`${mark[1].const}\`` : `\`${path}\``;
}

function row(key: string, schema: Schema, required: boolean): string {
  const told = schema.description?.startsWith('a duration:') ? '' : (schema.description ?? '');
  return `| \`${key}\` | ${cell(typeOf(schema))} | ${cell(required ? 'required' : defaultOf(schema))} | ${cell(told)} |`;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(' or ');
  if (isCommand(schema)) return 'command';
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ');
  if (isDuration(schema)) return 'duration';
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.additionalProperties) return `names with ${typeOf(schema.additionalProperties)}`;
  return `${schema.type ?? 'anything'}${rangeOf(schema)}`;
}

function isCommand({ anyOf = [] }: Schema): boolean {
  const [line, argv] = anyOf;
  return anyOf.length === 2 && line?.type === 'string' && argv?.type === 'array';
}

function isDuration({ type, description = '', default: value }: Schema): boolean {
  return type === 'string' && (description.startsWith('a duration:') || /^\d+(ms|s|m|h|d)$/.test(String(value)));
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  if (minimum === undefined) return '';
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
    ? `, at least ${minimum}`
    : `, ${minimum} to ${maximum}`;
}

const isLong = (value: unknown) => JSON.stringify(value).length > 60;

function defaultOf(schema: Schema): string {
  if (schema.default === undefined) return schema.anyOf?.some(({ type }) => type === 'null') ? code(null) : 'none';
  return isLong(schema.default) ? 'see below' : code(schema.default);
}

function longDefaults(properties: [string, Schema][]): string[] {
  return properties
    .filter(([, schema]) => schema.default !== undefined && isLong(schema.default))
    .map(([key, schema]) => `Default of \`${key}\`:\n\n\`\`\`json\n${inLines(schema.default)}\n\`\`\`\n`);
}

/** One element a line: easier to compare than JSON's own layout. */
function inLines(value: unknown): string {
  const element = (each: unknown) => JSON.stringify(each).replaceAll('":', '": ').replaceAll(',"', ', "');
  if (Array.isArray(value)) return `[\n${value.map((each) => `  ${element(each)}`).join(',\n')}\n]`;
  const entries = Object.entries(value as object).map(([key, each]) => `  "${key}": ${element(each)}`);
  return `{\n${entries.join(',\n')}\n}`;
}

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** Text in a table's cell: what Markdown would take for its own is masked outside of code. */
function cell(text: string): string {
  const parts = text.replaceAll('|', '\\|').split(/(`[^`]*`)/);
  return parts.map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '\\<'))).join('');
}

function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([name, { status, next }]) => `| \`${name}\` | ${status} | ${cell(next)} |`,
  );
  return `${note('packages/core/src/errors/codes.ts')}
# Errors

Every error that Kova reports has a stable code, says what happened, and says what to do next; the API answers with
\`{ "code", "message", "next" }\` and the HTTP status below. Match on the code: messages may change, a code is never
reused for something else. "What to do next" is the general advice; the place that reports the error may say something
more exact. What to look at, by code: [troubleshooting](../guides/troubleshooting.md).

| code | HTTP | what to do next |
|---|---|---|
${rows.join('\n')}
`;
}

function evidencePage(): string {
  const rows = figures.map(
    ({ name, kind, unit, better, says }) =>
      `| \`${name}\` | ${kind} | ${unit} | ${better ?? 'neither'} | ${cell(says)} |`,
  );
  return `${note('packages/core/src/pipeline/evidence/figures.ts')}
# Evidence

What a job proves is read from the reports of its tools, as figures and problems, and kept with the release. The figures
by the kind of report that they come from; these are what gates judge and what is compared between releases:

| figure | report | unit | better when | |
|---|---|---|---|---|
${rows.join('\n')}

Of several reports of one kind, tests, findings and chunks add up, coverage is the union of the lines that ran, and each
figure of Lighthouse is the median of its runs, of several pages the worst.

A report proves nothing when it is empty, when no test of it ran, when its tool did not finish or when a registry refused
to answer: what such a report does not break is inconclusive, with the reason, and never passes. A report that is not in
the format of its kind is [REPORT_MALFORMED](errors.md), with the line.
`;
}

/** Links to files and headings of this repository that lead nowhere. */
function brokenLinks(): string[] {
  const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];
  return pages.flatMap((page) =>
    linksOf(read(page) ?? '')
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link))
      .map((link) => `${page}: the link ${link} leads nowhere`),
  );
}

function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file ? join(dirname(page), file) : page;
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(read(target) ?? '').includes(anchor);
}

function anchorsOf(text: string): string[] {
  const headings = withoutBlocks(text).matchAll(/^#+ (.+)$/gm);
  const slug = (heading: string) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return [...headings].map(([, heading = '']) => slug(heading).trim().replaceAll(' ', '-'));
}

const withoutBlocks = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '');
const withoutCode = (text: string) => withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');

function read(path: string): string | null {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
}

function write(): void {
  for (const [path, render] of Object.entries(generated)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), render());
    console.log(`wrote ${path}`);
  }
}

function check(): void {
  const stale = Object.entries(generated)
    .filter(([path, render]) => read(path) !== render())
    .map(([path]) => `${path}: differs from the code; run \`node scripts/docs.ts\``);
  const problems = [...stale, ...brokenLinks()];
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'the documentation is up to date' : `${problems.length} found`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (process.argv.includes('--check')) check();
else write();
