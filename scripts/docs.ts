import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configPage, configSchemaText } from './docs/config-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { brokenLinks } from './docs/links.ts';

/** `node scripts/docs.ts` writes the generated reference; `--check` fails when it differs or a link leads nowhere. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

const generated: Readonly<Record<string, () => string>> = {
  'docs/reference/config.md': configPage,
  'docs/reference/config.schema.json': configSchemaText,
  'docs/reference/errors.md': errorsPage,
};

function write(): void {
  for (const [path, render] of Object.entries(generated)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), render());
    console.log(`wrote ${path}`);
  }
}

function check(): string[] {
  const stale = Object.entries(generated)
    .filter(([path, render]) => read(path) !== render())
    .map(([path]) => `${path}: differs from the code; run \`node scripts/docs.ts\``);
  return [...stale, ...brokenLinks(root)];
}

function read(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

if (process.argv.includes('--check')) {
  const problems = check();
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'the documentation is up to date' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  write();
}
