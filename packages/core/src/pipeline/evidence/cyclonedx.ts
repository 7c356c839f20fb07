import { z } from 'zod';
import type { Evidence } from './evidence.ts';
import { readJson } from './json.ts';
import { listOf } from './json-list.ts';
import { joinGaps, readEach } from './malformed.ts';
import { ProblemList } from './problem-list.ts';

interface Component {
  name: string;
  group?: string | undefined;
  version?: string | undefined;
  licenses?: unknown[] | undefined;
  components?: Component[] | undefined;
}

const component: z.ZodType<Component> = z.object({
  name: z.string(),
  group: z.string().optional(),
  version: z.string().optional(),
  licenses: z.array(z.unknown()).optional(),
  components: z.lazy(() => listOf(component)).optional(),
});

const bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: listOf(component).default([]),
});

/** The components of CycloneDX documents, each once. */
export function readCyclonedx(texts: readonly string[]): Evidence {
  const byName = new Map<string, Component>();
  const gaps = readEach(texts, (text) => {
    const { components } = readJson(text, bom);
    collect(components, byName);
    return components.length === 0 ? 'the document names no component' : null;
  });
  const problems = new ProblemList();
  for (const [name, { licenses = [] }] of byName) {
    if (licenses.length > 0) continue;
    problems.add('note', () => ({ message: `${name} names no licence`, rule: null, file: null, line: null }));
  }
  return {
    kind: 'cyclonedx',
    figures: { 'sbom.components': byName.size, 'sbom.unlicensed': problems.count },
    ...problems.result(),
    gap: joinGaps(gaps),
  };
}

function collect(components: readonly Component[], byName: Map<string, Component>): void {
  for (const one of components) {
    const version = one.version ? `@${one.version}` : '';
    byName.set(`${one.group ? `${one.group}/` : ''}${one.name}${version}`, one);
    collect(one.components ?? [], byName);
  }
}
