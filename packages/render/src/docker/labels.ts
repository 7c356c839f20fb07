import type { ProjectConfig } from '@kova/core/config/schema';
import { baseOf } from './base.ts';
import { quoted } from './words.ts';

const prefix = 'org.opencontainers.image';

/** What only the one who builds knows, by the argument that says it. */
const told = { revision: 'REVISION', version: 'VERSION', created: 'CREATED', 'base.digest': 'BASE_DIGEST' } as const;

/**
 * Labels after the annotations of the OCI image specification
 * (https://github.com/opencontainers/image-spec/blob/main/annotations.md). They come last: no layer depends on them.
 */
export function labelLines(config: ProjectConfig): string[] {
  const { name, image } = config;
  const known = {
    title: name,
    ...(image?.source ? { source: image.source } : {}),
    ...(image?.licenses ? { licenses: image.licenses } : {}),
    'base.name': baseOf(config),
  };
  return [
    ...Object.values(told).map((argument) => `ARG ${argument}=""`),
    `LABEL ${[
      ...Object.entries(known).map(([key, value]) => `${prefix}.${key}=${quoted(value)}`),
      ...Object.entries(told).map(([key, argument]) => `${prefix}.${key}="$${argument}"`),
    ].join(' \\\n      ')}`,
  ];
}
