import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitVersion, node } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';

/** Two machines that share nothing but what is handed on, as two jobs of a GitHub workflow do. */
let one: TestKova;
let other: TestKova;
let handed: string;
beforeAll(async () => {
  one = await TestKova.start();
  other = await TestKova.start();
  handed = mkdtempSync(join(tmpdir(), 'kova-handed-'));
});
afterAll(async () => {
  await one.close();
  await other.close();
  rmSync(handed, { recursive: true, force: true });
});

const bin = fileURLToPath(new URL('../packages/cli/bin/kova.js', import.meta.url));
const write = (path: string, value: string) =>
  `const fs = require('fs'); fs.mkdirSync(require('path').dirname('${path}'), { recursive: true }); fs.writeFileSync('${path}', ${value});`;

const pipeline = `{ use: 'none', jobs: {
  make: {
    run: [${node(`${write('out/n', 'String(Math.random())')} fs.symlinkSync('n', 'out/link'); fs.chmodSync('out/n', 0o755)`)}],
    outputs: ['out'],
  },
  scan: {
    run: [${node(`${write('reports/scan.sarif', "JSON.stringify({ version: '2.1.0', runs: [] })")} fs.writeFileSync('reports/n', fs.readFileSync('out/link')); fs.symlinkSync('/etc/passwd', 'reports/passwd'); console.log('scanned')`)}],
    needs: ['make'], reports: [{ kind: 'sarif', path: 'reports/*.sarif' }], keep: ['reports'],
  },
  broken: { run: [${node(`${write('traces/t.zip', "'trace'")} process.exit(1)`)}], keep: ['traces'] },
  lint: { run: ['npm run lint'] },
} }`;

interface Ran {
  code: number;
  out: string;
  outputs: string;
  reports: string[];
}

/** `kova pipeline run` as a step of a workflow does it. */
async function step(kova: TestKova, job: string, name: string): Promise<Ran> {
  const at = (file: string) => join(handed, `${name}-${file}`);
  writeFileSync(at('output'), '');
  const args = ['pipeline', 'run', '--commit', 'HEAD', '--job', job];
  const places = ['--results', join(handed, 'results'), '--reports', at('reports')];
  const env = { ...kova.env, GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: at('output') };
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [bin, ...args, ...places], { env, cwd: one.repository }, (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), out: stdout });
    });
  });
  const reports = readdirSync(at('reports'), { recursive: true }).map(String).sort();
  return { code, out, outputs: readFileSync(at('output'), 'utf8'), reports };
}

test('a job finds on another machine what its needs have made, and is not run again on a third', async () => {
  commitVersion(one.repository, { text: 'handed on', files: { 'package.json': '{ "name": "shop" }' }, pipeline });
  const made = await step(one, 'make', 'made');
  expect(made.code).toBe(0);
  const [key] = readdirSync(join(handed, 'results'));
  expect(made.outputs).toBe(`key=${key}\n`);
  const outputs = join(handed, 'results', key!, 'outputs/out');
  const n = readFileSync(join(outputs, 'n'), 'utf8');

  const scanned = await step(other, 'scan', 'scanned');
  expect(scanned.code).toBe(0);
  expect(scanned.out).toContain('1 of 2 jobs cached');
  expect(scanned.reports).toEqual([
    'make.log',
    'scan',
    'scan.log',
    'scan/reports',
    'scan/reports/n',
    'scan/reports/scan.sarif',
  ]);
  expect(readFileSync(join(handed, 'scanned-reports/scan/reports/n'), 'utf8')).toBe(n);
  expect(readFileSync(join(handed, 'scanned-reports/scan.log'), 'utf8')).toContain('scanned');
  // What was brought is not handed on twice: what lies there is the result of this job alone.
  const [own, ...more] = readdirSync(join(handed, 'results'));
  expect(more).toEqual([]);
  expect(scanned.outputs).toBe(`key=${own}\nsarif=true\n`);

  const again = await step(one, 'scan', 'again');
  expect(again.out).toContain('2 of 2 jobs cached');
  expect(again.outputs).toBe(scanned.outputs);
  expect(again.reports).toContain('scan/reports/scan.sarif');
});

test('a job that fails leaves what it kept and no result; one that is not checked is green with a warning', async () => {
  const broken = await step(one, 'broken', 'broken');
  expect(broken).toMatchObject({ code: 1, outputs: '' });
  expect(broken.reports).toEqual(['broken', 'broken.log', 'broken/traces', 'broken/traces/t.zip']);
  const lint = await step(one, 'lint', 'lint');
  expect(lint).toMatchObject({ code: 0, outputs: '' });
  expect(lint.out).toContain('::warning title=not checked::lint: package.json has no script lint');
});

test('what is handed on is for a control plane of this machine', async () => {
  const env = { ...one.env, KOVA_URL: 'https://kova.example' };
  const args = [bin, 'pipeline', 'run', '--commit', 'HEAD', '--results', handed];
  const failed = new Promise<string>((resolve) => {
    execFile(process.execPath, args, { env, cwd: one.repository }, (_, __, stderr) => resolve(stderr));
  });
  expect(await failed).toContain(
    'error INPUT_INVALID: --results and --reports are for a control plane on this machine',
  );
});
