import * as parser from '@typescript-eslint/parser';
import { ESLint, type Linter } from 'eslint';
import security from 'eslint-plugin-security';
import type { Place } from '../check.ts';
import { codeRules } from './code-rules.ts';
import type { Finding } from './finding.ts';
import type { Checked, Part } from './part.ts';
import { versionOf } from './version.ts';

const isCode = /\.[cm]?[jt]sx?$/;
/** Written by tools, and as such on no one line that somebody could mend. */
const isGenerated = /^(?:dist|build|out)\/.*\.[cm]?js$|\.min\.[cm]?js$|\.d\.[cm]?ts$/;

/** Dangerous patterns in JavaScript and TypeScript; the project's own ESLint and its configuration play no part. */
export const codePart: Part = {
  name: 'code',
  tool: {
    name: 'eslint-plugin-security',
    version: versionOf('eslint-plugin-security'),
    url: 'https://github.com/eslint-community/eslint-plugin-security',
  },
  check: checkCode,
};

async function checkCode({ cwd }: Place, files: readonly string[]): Promise<Checked | null> {
  const own = files.filter((file) => isCode.test(file) && !isGenerated.test(file));
  if (own.length === 0) return null;
  const eslint = new ESLint({ cwd, overrideConfigFile: true, overrideConfig: config, errorOnUnmatchedPattern: false });
  const findings: Finding[] = [];
  const passedOver: string[] = [];
  for (const result of await eslint.lintFiles(own)) {
    const file = result.filePath.slice(cwd.length + 1);
    const unread = result.messages.find(({ fatal }) => fatal);
    if (unread) passedOver.push(`${file}:${unread.line ?? 1} is not understood: ${unread.message}`);
    findings.push(...[...result.messages, ...result.suppressedMessages].flatMap((one) => findingOf(file, one)));
  }
  return { findings, rules: [...codeRules.values()], passedOver, told: `${own.length} files` };
}

const config: Linter.Config[] = [
  {
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    plugins: { security },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    languageOptions: { parser, ecmaVersion: 'latest', parserOptions: { ecmaFeatures: { jsx: true } } },
    rules: Object.fromEntries([...codeRules.keys()].map((id) => [id, 'warn'])),
  },
];

type Message = Linter.LintMessage & { suppressions?: Array<{ justification: string }> };

/** Messages about rules of the project's own, which its comments name, are none of ours. */
function findingOf(
  file: string,
  { ruleId, message, line, column, endLine, endColumn, suppressions }: Message,
): Finding[] {
  const rule = codeRules.get(ruleId ?? '');
  if (!rule) return [];
  const end = endLine && endColumn ? { endLine, endColumn } : {};
  return [
    {
      ...{ rule: rule.id, level: rule.level, message, file },
      region: { startLine: line, startColumn: column, ...end },
      suppressed: suppressions ? suppressions.map(({ justification }) => justification).join('; ') : null,
    },
  ];
}
