import type { Level } from './finding.ts';

/** The part of SARIF 2.1.0 that is written here. */
export interface SarifRun {
  tool: { driver: { name: string; version?: string; informationUri?: string; rules?: SarifRule[] } };
  automationDetails?: { id: string };
  invocations?: Array<{ executionSuccessful: boolean; toolExecutionNotifications?: Notification[] }>;
  results: SarifResult[];
}

export interface Notification {
  level: Level;
  message: { text: string };
}

export interface SarifRule {
  id: string;
  shortDescription: { text: string };
  helpUri?: string;
  properties?: { 'security-severity': string; tags: string[] };
}

export interface SarifResult {
  ruleId: string;
  level: Level;
  message: { text: string };
  locations?: Array<{ physicalLocation: { artifactLocation: { uri: string }; region?: object } }>;
  partialFingerprints: Record<string, string>;
  suppressions?: Array<{ kind: 'inSource'; justification?: string }>;
}

/** One document of the runs of many tools. Each gets an id of its own: GitHub refuses two runs of one category. */
export function sarifDocument(runs: readonly SarifRun[]): object {
  const seen = new Map<string, number>();
  const named = runs.map((run) => {
    const { name } = run.tool.driver;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { ...run, automationDetails: { id: count === 1 ? `${name}/` : `${name}-${count}/` } };
  });
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: named };
}
