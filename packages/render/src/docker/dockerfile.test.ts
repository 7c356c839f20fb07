import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { expect, test } from 'vitest';
import { renderDockerfile } from './dockerfile.ts';
import { renderDockerignore } from './ignore.ts';
import { renderReleaseDockerfile } from './release.ts';

/** What examples/storefront/kova.config.ts exports, as far as an image depends on it. */
const storefront: ConfigInput = {
  name: 'storefront',
  app: {
    ...{ install: 'npm ci', build: 'npm run build', start: ['node', 'server.js'] },
    dev: ['npm', 'run', 'dev', '--', '--hostname', '$HOST', '--port', '$PORT'],
    output: [
      { from: '.next/standalone', to: '.' },
      { from: '.next/static', to: '.next/static' },
      { from: 'public', to: 'public', optional: true },
    ],
    health: { path: '/api/health' },
  },
};

const cases: Record<string, ConfigInput> = {
  storefront,
  minimal: { name: 'hello', app: { start: 'node server.js', install: null, build: null } },
  odd: {
    name: 'odd',
    app: {
      ...{ install: ['make', '$HOME', '"x"'], build: ['sh', '-c', 'echo `id`\nFROM x'], start: ['a b', '\\', "it's"] },
      output: [
        { from: "it's $x/[a]*?.js", to: 'x y/$HOME' },
        { from: '\\"', to: '.', optional: true },
        { from: 'a\nFROM evil', to: 'b', optional: true },
      ],
      health: { path: '/"; id #', interval: '10s', timeout: '100ms', unhealthyAfter: 2, deadline: '90s' },
    },
    image: {
      base: `registry.example.com:5000/team/base:1@sha256:${'0'.repeat(64)}`,
      source: 'https://example.com/?a="$x\\',
      licenses: 'Apache-2.0 OR MIT',
    },
  },
};

test.each(Object.entries(cases))('%s: as the golden file has it', async (name, input) => {
  const config = parseConfig(input);
  await expect(renderDockerfile(config)).toMatchFileSnapshot(`golden/${name}.Dockerfile`);
  await expect(renderReleaseDockerfile(config)).toMatchFileSnapshot(`golden/${name}.release.Dockerfile`);
});

test('the context leaves out what a build never needs', async () => {
  await expect(renderDockerignore()).toMatchFileSnapshot('golden/dockerignore');
});
