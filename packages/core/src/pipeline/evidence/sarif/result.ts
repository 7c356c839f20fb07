import type { Problem, Severity } from '../evidence.ts';
import { decodedUri } from '../relative-path.ts';
import type { SarifResult, SarifRule, SarifRun } from './log.ts';

/** Results are weighed as SARIF 2.1.0 has it in 3.27.9 and 3.27.10; null for what is no finding. */
export function severityOf(result: SarifResult, rule: SarifRule | undefined): Severity | null {
  if (result.baselineState === 'absent' || (result.kind ?? 'fail') !== 'fail') return null;
  const level = result.level ?? rule?.defaultConfiguration?.level ?? 'warning';
  return level === 'none' ? null : level;
}

/** Suppressed, and nobody has yet to agree or did refuse (3.27.23). */
export function isSuppressed({ suppressions }: SarifResult): boolean {
  if (!suppressions || suppressions.length === 0) return false;
  return suppressions.every(({ status = 'accepted' }) => status === 'accepted');
}

export function problemOf(
  result: SarifResult,
  rule: SarifRule | undefined,
  { artifacts = [] }: SarifRun,
): Omit<Problem, 'severity'> {
  const physical = result.locations?.[0]?.physicalLocation;
  const { uri, index = -1 } = physical?.artifactLocation ?? {};
  const file = uri ?? artifacts[index]?.location?.uri ?? null;
  return {
    message: messageOf(result),
    rule: result.ruleId ?? result.rule?.id ?? rule?.id ?? null,
    file: file === null || file.startsWith('file:') ? file : decodedUri(file),
    line: physical?.region?.startLine ?? null,
  };
}

function messageOf({ message }: SarifResult): string {
  return message.text ?? message.markdown ?? [message.id, ...(message.arguments ?? [])].filter(Boolean).join(' ');
}

/** Finds the rule of a result: by index where the tool gives one, else by id; also among the rules of plug-ins. */
export function rulesOf({ tool }: SarifRun): (result: SarifResult) => SarifRule | undefined {
  const components = [tool.driver, ...(tool.extensions ?? [])];
  const byId = new Map(components.flatMap(({ rules = [] }) => rules.map((rule) => [rule.id, rule] as const)));
  return ({ ruleId, ruleIndex, rule }) => {
    const component = tool.extensions?.[rule?.toolComponent?.index ?? -1] ?? tool.driver;
    return component.rules?.[rule?.index ?? ruleIndex ?? -1] ?? byId.get(ruleId ?? rule?.id ?? '');
  };
}
