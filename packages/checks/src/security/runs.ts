import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Rule, Tool } from './finding.ts';
import { fingerprints } from './fingerprint.ts';
import type { Checked } from './part.ts';
import type { SarifResult, SarifRule, SarifRun } from './sarif.ts';

/** The run of a tool that did its work. */
export async function checkedRun(cwd: string, tool: Tool, { findings, rules, passedOver }: Checked): Promise<SarifRun> {
  const lines = await linesOf(cwd, findings);
  const prints = fingerprints(findings, (file, line) => lines.get(file)?.[line - 1] ?? '');
  return {
    tool: { driver: { ...driver(tool), rules: rules.map(ruleObject) } },
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: passedOver.map((text) => ({ level: 'warning', message: { text } })),
      },
    ],
    results: findings.map((finding, index) => resultObject(finding, prints[index] ?? '')),
  };
}

/** The run of a tool that could not do its work: nothing found is not the same as nothing there. */
export function uncheckedRun(tool: Tool, reason: string): SarifRun {
  const toolExecutionNotifications = [{ level: 'error' as const, message: { text: reason } }];
  return {
    tool: { driver: driver(tool) },
    invocations: [{ executionSuccessful: false, toolExecutionNotifications }],
    results: [],
  };
}

const driver = ({ name, version, url }: Tool) => ({ name, version, informationUri: url });

async function linesOf(cwd: string, findings: readonly Finding[]): Promise<Map<string, string[]>> {
  const files = new Set(findings.flatMap(({ file, identity }) => (file && identity === undefined ? [file] : [])));
  const read = async (file: string) => [file, (await readFile(join(cwd, file), 'utf8')).split('\n')] as const;
  return new Map(await Promise.all([...files].map(read)));
}

function ruleObject({ id, description, help, weight }: Rule): SarifRule {
  return {
    id,
    shortDescription: { text: description },
    ...(help ? { helpUri: help } : {}),
    ...(weight === undefined ? {} : { properties: { 'security-severity': weight.toFixed(1), tags: ['security'] } }),
  };
}

function resultObject({ rule, level, message, file, region, suppressed }: Finding, print: string): SarifResult {
  const artifactLocation = { uri: (file ?? '').split('/').map(encodeURIComponent).join('/') };
  return {
    ruleId: rule,
    level,
    message: { text: message },
    ...(file === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation, ...(region ? { region } : {}) } }] }),
    partialFingerprints: { primaryLocationLineHash: print },
    ...(suppressed === null ? {} : { suppressions: [{ kind: 'inSource', justification: suppressed }] }),
  };
}
