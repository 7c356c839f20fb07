/** What a build never needs, or must not see. */
const ignored = [
  ...['.git', '.github', '.kova', 'Dockerfile', '.dockerignore', 'compose*.yaml'],
  ...['node_modules', '**/node_modules', '.next', 'coverage', 'reports', 'playwright-report', 'test-results'],
  ...['.env', '.env.*', '!.env.example', '**/*.log', '**/*.pem', '**/*.key'],
];

export function renderDockerignore(): string {
  return [
    '# Rendered by `kova render docker`; do not edit.',
    '# What a build never needs, or must not see.',
    ...ignored,
    '',
  ].join('\n');
}
