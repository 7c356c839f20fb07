import type { DetectedApp } from './detect.ts';

const none =
  "  // The standard pipeline finds nothing to run here yet; see docs/guides/pipeline.md of Kova.\n  pipeline: { use: 'none' },\n";

/** The text of kova.config.ts. What is not in it has its default. */
export function configText({ name, helper, app, hasChecks }: DetectedApp): string {
  const imports = ['defineConfig', ...(helper ? [helper] : [])].join(', ');
  const entries = Object.entries(app).map(([key, value]) => `${key}: ${value}`);
  const object = entries.length > 0 ? `{\n    ${entries.join(',\n    ')},\n  }` : '';
  return `import { ${imports} } from 'kova';

export default defineConfig({
  name: '${name}',
  app: ${helper ? `${helper}(${object})` : object},
${hasChecks ? '' : none}  environments: {
    staging: { stability: '30s' },
    production: { approvals: 1, instances: 2, stability: '5m' },
  },
});
`;
}
