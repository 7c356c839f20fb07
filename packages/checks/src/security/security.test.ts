import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import type { SarifResult, SarifRun } from './sarif.ts';

const osv = { KOVA_OSV_DATABASE: fileURLToPath(new URL('../testing/osv', import.meta.url)) };
const lock = readFileSync(new URL('../testing/old-app/package-lock.json', import.meta.url), 'utf8');
/** Made here, so that it is found nowhere else. */
const token = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;

const runsIn = (cwd: string): SarifRun[] => JSON.parse(readFileSync(join(cwd, 'reports/security.sarif'), 'utf8')).runs;
const runOf = (cwd: string, tool: string) => runsIn(cwd).find((run) => run.tool.driver.name === tool);
const placeOf = ({ locations }: SarifResult) => {
  const { artifactLocation, region } = locations![0]!.physicalLocation;
  return `${artifactLocation.uri}:${(region as { startLine: number }).startLine}`;
};
const found = (cwd: string, tool: string) =>
  runOf(cwd, tool)!.results.map((result) => `${result.level} ${result.ruleId} ${placeOf(result)}`);

const shop = {
  'package.json': JSON.stringify(JSON.parse(lock).packages['']),
  'package-lock.json': lock,
  'src/run.ts': 'export const go = (x: string): unknown => eval(x);\n',
  'src/told.js':
    '// eslint-disable-next-line security/detect-eval-with-expression -- of ours alone\neval(process.argv[2]);\n',
  'app/[slug]/page.tsx': 'export default ({ x }: { x: string }) => <p>{eval(x)}</p>;\n',
  'src/broken.js': 'const = ;\n',
  'eslint.config.js': 'throw new Error("the project\'s own configuration plays no part");\n',
  '.env.production': `# ours\nGITHUB_TOKEN=${token}\n`,
  'node_modules/x/index.js': `eval(x); "${token}"`,
  Dockerfile: 'FROM node:24-slim\nUSER root\nHEALTHCHECK CMD x\n',
};

test('all that is found stands in one document, by tool, with its place', async () => {
  const cwd = directoryWith(shop);
  const { code, out } = await kovaCheck(['security'], { cwd, env: osv });
  expect(code).toBe(0);
  expect(found(cwd, 'kova-check-audit')).toContain('error GHSA-35jh-r3h4-6jhm package-lock.json:32');
  expect(found(cwd, 'secretlint')).toEqual(['error @secretlint/secretlint-rule-github .env.production:2']);
  expect(found(cwd, 'eslint-plugin-security')).toEqual([
    'error security/detect-eval-with-expression app/%5Bslug%5D/page.tsx:1',
    'error security/detect-eval-with-expression src/run.ts:1',
    'error security/detect-eval-with-expression src/told.js:2',
  ]);
  expect(found(cwd, 'kova-check-dockerfile')).toEqual(['error docker/runs-as-root Dockerfile:2']);
  expect(runsIn(cwd).map(({ automationDetails }) => automationDetails?.id)).toHaveLength(5);
  expect(out).toContain('code: src/broken.js:1 is not understood');
  expect(`${out}${JSON.stringify(runsIn(cwd))}`).not.toContain(token);
});

test('what somebody has agreed to is kept as suppressed, with the reason', async () => {
  const cwd = directoryWith(shop);
  await kovaCheck(['security'], { cwd, env: osv });
  const suppressed = runOf(cwd, 'eslint-plugin-security')!.results.filter(({ suppressions }) => suppressions);
  expect(suppressed.map(placeOf)).toEqual(['src/told.js:2']);
  expect(suppressed[0]!.suppressions).toEqual([{ kind: 'inSource', justification: 'of ours alone' }]);
});

test('a part that could not be checked is told in the document and aloud, and is not empty of findings by luck', async () => {
  const cwd = directoryWith({ 'a.js': '1;\n', 'package-lock.json': '{' });
  const { code, out } = await kovaCheck(['security'], { cwd });
  expect(code).toBe(0);
  expect(out).toContain('dependencies: NOT CHECKED: package-lock.json cannot be read');
  expect(runOf(cwd, 'kova-check-audit')!.invocations).toEqual([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: expect.stringContaining('package-lock.json cannot be read') } },
      ],
    },
  ]);
  expect(runOf(cwd, 'secretlint')!.invocations![0]!.executionSuccessful).toBe(true);
});

test('what tools make is passed over; a directory that is only called so is not', async () => {
  const code = 'eval(process.argv[2]);\n';
  const own = ['src/build/a.js', 'src/reports/a.ts', 'a.js'];
  const others = ['dist/a.js', 'coverage/a.js', 'packages/x/node_modules/y/a.js', 'public/a.min.js'];
  const cwd = directoryWith(Object.fromEntries([...own, ...others].map((file) => [file, code])));
  await kovaCheck(['security'], { cwd });
  expect(runOf(cwd, 'eslint-plugin-security')!.results.map(placeOf).sort()).toEqual(
    own.map((file) => `${file}:1`).sort(),
  );
});

test('fingerprints stay when lines move, and tell alike findings apart', async () => {
  const line = 'eval(process.argv[2]);\n';
  const cwd = directoryWith({ 'a.js': line + line });
  const prints = async () => {
    await kovaCheck(['security'], { cwd });
    return runOf(cwd, 'eslint-plugin-security')!.results.map((one) => one.partialFingerprints.primaryLocationLineHash);
  };
  const before = await prints();
  expect(new Set(before).size).toBe(2);
  writeFileSync(join(cwd, 'a.js'), `// moved\n\n  ${line}${line}`);
  expect(await prints()).toEqual(before);
});

test('in a git repository a committed file counts even if it is ignored, an ignored one that is not does not', async () => {
  const cwd = directoryWith({ '.gitignore': '.env*\n', '.env': `A=${token}`, '.env.local': `A=${token}` });
  const git = (...args: string[]) => execFileSync('git', args, { cwd });
  git('init', '-q');
  git('add', '-f', '.env', '.gitignore');
  await kovaCheck(['security'], { cwd });
  expect(found(cwd, 'secretlint')).toEqual(['error @secretlint/secretlint-rule-github .env:1']);
});

test('the bill of materials names what the lockfile does, without a registry', async () => {
  const cwd = directoryWith({ 'package.json': shop['package.json'], 'package-lock.json': lock });
  await kovaCheck(['security'], { cwd, env: { ...osv, npm_config_registry: 'http://127.0.0.1:9' } });
  const { components, bomFormat } = JSON.parse(readFileSync(join(cwd, 'reports/sbom.cdx.json'), 'utf8'));
  expect(bomFormat).toBe('CycloneDX');
  expect(components.map(({ name }: { name: string }) => name)).toContain('lodash');
});

test('Trivy is used when it is on the PATH, and its failure is not silence', async () => {
  const run = { tool: { driver: { name: 'Trivy', version: '1' } }, results: [] };
  const says = `#!/bin/sh\n[ "$TRIVY_FAILS" ] && { echo no database >&2; exit 1; }\necho '${JSON.stringify({ runs: [run] })}'\n`;
  const cwd = directoryWith({ 'a.txt': '', 'bin/trivy': says });
  execFileSync('chmod', ['+x', join(cwd, 'bin/trivy')]);
  const PATH = `${join(cwd, 'bin')}:${process.env.PATH}`;
  await kovaCheck(['security'], { cwd, env: { PATH } });
  expect(runOf(cwd, 'Trivy')!.tool.driver.version).toBe('1');
  const { out } = await kovaCheck(['security'], { cwd, env: { PATH, TRIVY_FAILS: '1' } });
  expect(out).toContain('trivy: NOT CHECKED: trivy ended with 1: no database');
  expect(runOf(cwd, 'Trivy')!.invocations![0]!.executionSuccessful).toBe(false);
});
