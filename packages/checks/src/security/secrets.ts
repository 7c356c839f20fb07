import { extname, join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreResultMessage } from '@secretlint/types';
import type { Place } from '../check.ts';
import type { Finding, Rule } from './finding.ts';
import type { Checked, Part } from './part.ts';
import { readText } from './text-file.ts';
import { versionOf } from './version.ts';

const preset = '@secretlint/secretlint-rule-preset-recommend';

/** Keys, tokens and passwords in files; what was found is masked in all that is told of it. */
export const secretsPart: Part = {
  name: 'secrets',
  tool: { name: 'secretlint', version: versionOf('@secretlint/core'), url: 'https://github.com/secretlint/secretlint' },
  check: checkSecrets,
};

async function checkSecrets({ cwd }: Place, files: readonly string[]): Promise<Checked> {
  const findings: Finding[] = [];
  const rules = new Map<string, Rule>();
  const passedOver: string[] = [];
  for (const file of files) {
    const content = await readText(cwd, file);
    if (content === 'large') passedOver.push(`${file} is too large to be searched for secrets`);
    if (typeof content === 'string') continue;
    for (const message of await lint(join(cwd, file), content.text)) {
      findings.push(findingOf(file, message));
      rules.set(message.ruleId, {
        id: message.ruleId,
        description: 'A secret in a file',
        weight: 8,
        ...helpOf(message),
      });
    }
  }
  return { findings, rules: [...rules.values()], passedOver, told: `${files.length} files` };
}

async function lint(filePath: string, content: string): Promise<SecretLintCoreResultMessage[]> {
  const { messages } = await lintSource({
    source: { content, filePath, ext: extname(filePath), contentType: 'text' },
    options: { config: { rules: [{ id: preset, rule: creator }] }, maskSecrets: true },
  });
  return messages.filter(({ type }) => type === 'message');
}

const helpOf = ({ docsUrl }: SecretLintCoreResultMessage) => (docsUrl ? { help: docsUrl } : {});

function findingOf(file: string, { ruleId, message, loc, severity, messageId }: SecretLintCoreResultMessage): Finding {
  return {
    rule: ruleId,
    level: severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'note',
    message: message.replace(/\*{4,}/g, '***'),
    file,
    region: {
      ...{ startLine: loc.start.line, startColumn: loc.start.column + 1 },
      ...{ endLine: loc.end.line, endColumn: loc.end.column + 1 },
    },
    suppressed: null,
    // Not the line: a digest of a weak secret would give it away.
    identity: messageId,
  };
}
