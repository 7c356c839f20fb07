import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logOf, runJobs } from './testing/jobs.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const fs =
  "import { execFileSync } from 'node:child_process';\nimport { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';\n";

/** Whether the text lies in any file of the home that a job's leavings go to, whatever its name. */
function isKept(text: string): boolean {
  const places = ['logs', 'results', 'artefacts', 'releases'].map((name) => join(kova.home, name));
  try {
    execFileSync('grep', ['-rlaF', '--', text, ...places], { stdio: ['ignore', 'pipe', 'ignore'] });
    return true;
  } catch (error) {
    if ((error as { status: number }).status === 1) return false;
    // 2: one of the places is not there yet; what grep found elsewhere is on its output all the same.
    return String((error as { stdout: Buffer }).stdout).trim() !== '';
  }
}

const passwd = readFileSync('/etc/passwd', 'utf8').split('\n')[0]!;
const keys = () => join(kova.home, 'keys/api-token');

test('the search for what was kept finds what was', async () => {
  await runJobs(kova, {
    a: { script: `${fs}writeFileSync('out', 'sentinel-of-this-story');`, more: "outputs: ['out']" },
  });
  expect(isKept('sentinel-of-this-story')).toBe(true);
});

test.each([
  ['a link to a file of the machine', () => "symlinkSync('/etc/passwd', 'out');"],
  ['a link to the keys of the home', () => `symlinkSync(${JSON.stringify(keys())}, 'out');`],
  ['a relative link out', () => "symlinkSync('../../../../keys', 'out');"],
])('an output that is %s is refused, and nothing of it is kept', async (_, script) => {
  const run = await runJobs(kova, { a: { script: fs + script(), more: "outputs: ['out']" } });
  expect(run).toMatchObject({ state: 'failed' });
  expect(run.jobs[0]!.reason).toBe("the output out leads out of the job's directory");
  expect(isKept(passwd) || isKept(kova.token())).toBe(false);
});

test('an output behind a link to another directory is refused', async () => {
  const script = `${fs}symlinkSync('/etc', 'way');`;
  const run = await runJobs(kova, { a: { script, more: "outputs: ['way/passwd']" } });
  expect(run.jobs[0]!.reason).toBe("the output way/passwd leads out of the job's directory");
  expect(statSync('/etc/passwd').uid).toBe(0);
  expect(isKept(passwd)).toBe(false);
});

test('links inside of an output stay links: neither the next job nor the release gets what they point to', async () => {
  const script = `${fs}mkdirSync('out'); symlinkSync('/etc/passwd', 'out/p'); symlinkSync(${JSON.stringify(keys())}, 'out/k');`;
  const read = `import { lstatSync, readFileSync } from 'node:fs';
    if (!lstatSync('out/k').isSymbolicLink()) process.exit(1);
    try { readFileSync('out/k'); } catch (error) { process.exit(error.code === 'EACCES' ? 0 : 2); }
    process.exit(process.getuid() === ${process.getuid?.() ?? -1} ? 0 : 3);`;
  const run = await runJobs(kova, {
    make: { script, more: "outputs: ['out']" },
    read: { script: read, more: "needs: ['make']" },
  });
  expect(run).toMatchObject({ state: 'passed' });
  expect(isKept(passwd) || isKept(kova.token())).toBe(false);
});

test('a release with a link out of it is refused', async () => {
  const ship = await kova.shipped({
    text: 'leads out',
    app: "build: 'node jobs/build.mjs', output: [{ from: 'server.mjs' }, { from: 'out', to: 'out' }],",
    files: { 'jobs/build.mjs': `${fs}mkdirSync('out'); symlinkSync('/etc/passwd', 'out/p');` },
  });
  expect(ship).toMatchObject({ state: 'failed' });
  expect(ship.error?.message).toMatch(/out\/p/);
  expect(isKept(passwd)).toBe(false);
});

test('what is kept for people is taken from inside of the workspace only, and the log says what was not', async () => {
  const script = `${fs}mkdirSync('keep'); writeFileSync('keep/good', 'good'); symlinkSync('/etc/passwd', 'keep/p');
    symlinkSync('/etc', 'way'); execFileSync('mkfifo', ['keep/fifo']);`;
  const run = await runJobs(kova, { a: { script, more: "keep: ['keep/*', 'way/passwd', 'way/*']" } });
  expect(run).toMatchObject({ state: 'passed' });
  expect(readdirSync(join(kova.home, 'logs/jobs', run.id, 'a/keep'))).toEqual(['good']);
  expect(logOf(kova, run.id, 'a')).toMatch(/keep\/p is not kept: it is reached by a link/);
  expect(logOf(kova, run.id, 'a')).toMatch(/way\/passwd is not kept: it is reached by a link/);
  expect(isKept(passwd)).toBe(false);
});

test('names with line ends and bytes that are no text harm neither outputs nor what is kept', async () => {
  const script = `${fs}for (const at of ['out', 'keep']) { mkdirSync(at); writeFileSync(at + '/two\\nlines', '1');
    writeFileSync(Buffer.concat([Buffer.from(at + '/'), Buffer.from([0xff, 0xfe])]), '2'); writeFileSync(at + '/-rf', '3'); }`;
  const read = `import { readdirSync, readFileSync } from 'node:fs';
    const names = readdirSync('out', { encoding: 'buffer' }).map((name) => name.toString('latin1')).sort();
    console.log(JSON.stringify(names));
    process.exit(JSON.stringify(names) === JSON.stringify(['-rf', 'two\\nlines', '\\xff\\xfe']) ? 0 : 1);`;
  const run = await runJobs(kova, {
    make: { script, more: "outputs: ['out'], keep: ['keep']" },
    read: { script: read, more: "needs: ['make']" },
  });
  expect(run.jobs.map(({ state, reason }) => [state, reason])).toEqual([
    ['passed', expect.anything()],
    ['passed', expect.anything()],
  ]);
  expect(readdirSync(join(kova.home, 'logs/jobs', run.id, 'make/keep')).sort()).toEqual(['-rf', 'two\nlines']);
});
