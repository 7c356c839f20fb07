import { relativePath } from '../relative-path.ts';
import type { SarifRun } from './log.ts';

/**
 * One SARIF 2.1.0 document of the runs of many tools, each as its tool wrote it. Every run gets an id of its own, since
 * GitHub refuses two runs of one category; with `root`, an absolute directory, paths inside of it become relative.
 */
export function mergeSarif(runs: readonly SarifRun[], root?: string): string {
  const seen = new Map<string, number>();
  const named = runs.map((run) => {
    const id = run.automationDetails?.id ?? `${run.tool.driver.name}/`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return { ...run, automationDetails: { ...run.automationDetails, id: count === 1 ? id : `${count}-${id}` } };
  });
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: named };
  return `${JSON.stringify(log, (key, value) => (root && isUri(key, value) ? uriFrom(value, root) : value), 2)}\n`;
}

const isUri = (key: string, value: unknown): value is string => key === 'uri' && typeof value === 'string';

function uriFrom(uri: string, root: string): string {
  const path = relativePath(uri, root);
  return path === uri ? uri : path.split('/').map(encodeURIComponent).join('/');
}
