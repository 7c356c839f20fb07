import type { Problem } from '../evidence.ts';
import type { SarifResult, SarifRun } from './log.ts';

/** The findings of a check that writes no SARIF itself, as a run. */
export function sarifRun(tool: { name: string; version?: string }, problems: readonly Problem[]): SarifRun {
  const ids = [...new Set(problems.flatMap(({ rule }) => rule ?? []))];
  return {
    tool: { driver: { ...tool, rules: ids.map((id) => ({ id })) } },
    results: problems.map(resultOf),
  };
}

function resultOf({ severity, message, rule, file, line }: Problem): SarifResult {
  const region = line === null ? {} : { region: { startLine: line } };
  return {
    ...(rule === null ? {} : { ruleId: rule }),
    level: severity,
    message: { text: message },
    ...(file === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }] }),
  };
}

const uriOf = (file: string) => file.split('/').map(encodeURIComponent).join('/');
