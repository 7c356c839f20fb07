import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { node } from './testing/app.ts';
import { inStore } from './testing/books.ts';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start({ FROM_MACHINE: machine, KOVA_SECRETS_FROM_ENV: 'FROM_MACHINE', UNNAMED: 'not given' });
});
afterAll(() => kova.close());

/** With characters that URLs, JSON and XML write in another way. */
const sentinel = 'sentinel+/"&-7f3a9c0d12';
const machine = 'sentinel-of-the-machine-4711';
const secondLine = 'sentinel-second-line-0815';
const pipeline = (jobs: string) => `{ use: 'none', jobs: ${jobs} }`;
const set = (name: string, value: string) => kova.call('POST', '/v1/projects/shop/secrets', { name, value });

/** Shown in every way that a job has. */
const leak = `
const { TOKEN, KEY, FROM_MACHINE } = process.env;
const { mkdirSync, writeFileSync } = require('fs');
const { execFileSync } = require('child_process');
const half = TOKEN.length / 2;
console.log('plain', TOKEN, KEY, FROM_MACHINE);
console.error('json', JSON.stringify({ TOKEN, KEY }));
console.log('base64', Buffer.from('user:' + TOKEN).toString('base64'), 'url', encodeURIComponent(TOKEN));
execFileSync('node', ['-e', 'console.log(process.argv[1])', TOKEN], { stdio: 'inherit' });
process.stdout.write('in two ' + TOKEN.slice(0, half));
mkdirSync('reports', { recursive: true });
const xml = TOKEN.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
writeFileSync('reports/unit.xml', '<testsuites><testsuite name="s" tests="1" failures="1"><testcase name="' + xml + '" classname="c"><failure message="got ' + xml + '">' + FROM_MACHINE + '</failure></testcase></testsuite></testsuites>');
writeFileSync('reports/note.txt', KEY + TOKEN);
setTimeout(() => { console.log(TOKEN.slice(half)); throw new Error('refused: ' + TOKEN + ' ' + FROM_MACHINE); }, 300);
`;

// Scenario 40: https://github.com/coollabsio/coolify/issues/7019
test('a secret is nowhere to be seen: not in the home, the store, the answers of the API, nor what the command prints', async () => {
  const env = { ...kova.env, KOVA_URL: kova.control.url };
  const file = join(kova.home, 'key.pem');
  const { writeFileSync, rmSync } = await import('node:fs');
  writeFileSync(file, `-----BEGIN-----\n${secondLine}\n-----END-----\n`);
  const said = [
    await runKova(['secrets', 'set', 'KEY', '--from-file', file, '--project', 'shop'], env),
    await runKova(['secrets', 'set', 'TOKEN', '--project', 'shop', '--json'], env, '/', `${sentinel}\n`),
  ];
  rmSync(file);
  expect(said.map(({ code }) => code)).toEqual([0, 0]);
  const commit = await kova.send({
    text: 'leaks',
    pipeline: pipeline(`{ leaky: { run: [${node(leak)}], secrets: ['TOKEN', 'KEY', 'FROM_MACHINE'],
      reports: [{ kind: 'junit', path: 'reports/unit.xml' }], keep: ['reports/note.txt'], cache: false } }`),
  });
  const run = await kova.proved(await kova.prove(commit));
  expect(run).toMatchObject({ state: 'failed', jobs: [{ state: 'failed', evidence: [{ problemCount: 1 }] }] });
  expect(run.jobs[0]!.reason).toContain('Error: refused: [secret] [secret]');
  expect(run.jobs[0]!.evidence[0]!.problems[0]!.message).toContain('[secret]');
  for (const args of [
    ['pipeline', 'show', run.id],
    ['pipeline', 'show', run.id, '--job', 'leaky', '--log'],
    ['pipeline', 'show', run.id, '--json'],
    ['secrets', 'list', '--project', 'shop'],
    ['secrets', 'list', '--project', 'shop', '--json'],
  ])
    said.push(await runKova(args, env));
  const log = said[3]!.out;
  expect(log).toContain('in two [secret]');
  expect(log.match(/\[secret\]/g)!.length).toBeGreaterThan(8);
  expect(said[5]!.out).toMatch(/TOKEN .* leaky/);
  expect(traces(JSON.stringify([said, run, await kova.call('GET', '/v1/projects/shop/secrets')]))).toEqual([]);
  expect(await storeTraces()).toEqual([]);
  expect(homeTraces()).toEqual([]);
});

test('where the search would find one, it does', async () => {
  await inStore(kova.home, `create table planted (text text); insert into planted values ('${machine}')`);
  expect(await storeTraces()).toEqual(['public.planted: plain']);
  await inStore(kova.home, 'drop table planted');
  expect(traces(Buffer.from(`x${sentinel}`).toString('base64'))).toEqual(['base64']);
});

test('a job finds its own secrets and no other, nor what else the machine has', async () => {
  await set('OWN', 'value of its own');
  const only = (name: string, value: string) =>
    node(`process.exit(process.env.${name} === '${value}' && !process.env.UNNAMED ? 0 : 1)`);
  const commit = await kova.send({
    text: 'own',
    pipeline: pipeline(`{
      with: { run: [${only('OWN', 'value of its own')}], secrets: ['OWN'] },
      without: { run: [${node('process.exit(process.env.OWN === undefined && process.env.TOKEN === undefined ? 0 : 1)')}] },
    }`),
  });
  expect(await kova.proved(await kova.prove(commit))).toMatchObject({ state: 'passed' });
  const unnamed = await kova.send({
    text: 'unnamed',
    pipeline: pipeline(`{ spy: { run: [${node('0')}], secrets: ['UNNAMED'] } }`),
  });
  const run = await kova.proved(await kova.prove(unnamed));
  expect(run.state).toBe('failed');
  expect(run.reason).toContain('spy needs the secret UNNAMED, which is not set; set it with `kova secrets set UNNAMED');
});

test('the app that a job serves finds them as well', async () => {
  await set('APP_KEY', 'key of the app');
  const ask = node(
    "fetch(process.env.BASE_URL + '/env').then((r) => r.json()).then(({ env }) => process.exit(env.APP_KEY === 'key of the app' ? 0 : 1))",
  );
  const commit = await kova.send({
    text: 'served',
    pipeline: pipeline(`{ served: { run: [${ask}], serve: true, secrets: ['APP_KEY'] } }`),
  });
  expect(await kova.proved(await kova.prove(commit))).toMatchObject({ state: 'passed' });
});

test('a secret that changes runs the jobs again that ask for it, and those that need them; no other', async () => {
  await set('ROTATED', 'first value');
  const commit = await kova.send({
    text: 'rotated',
    pipeline: pipeline(`{
      asks: { run: [${node('0')}], secrets: ['ROTATED'] },
      needs: { run: [${node('0')}], needs: ['asks'] },
      other: { run: [${node('0')}] },
    }`),
  });
  const ranAgain = async () => {
    const { state, jobs } = await kova.proved(await kova.prove(commit));
    return [state, ...jobs.filter((job) => !job.cached).map(({ name }) => name)];
  };
  expect(await ranAgain()).toEqual(['passed', 'asks', 'needs', 'other']);
  await set('ROTATED', 'first value');
  expect(await ranAgain()).toEqual(['passed']);
  await set('ROTATED', 'second value');
  expect(await ranAgain()).toEqual(['passed', 'asks', 'needs']);
});

test('a secret that is removed is missing from the next run on', async () => {
  await set('GONE', 'for a while');
  await kova.call('DELETE', '/v1/projects/shop/secrets/GONE');
  await expect(kova.call('DELETE', '/v1/projects/shop/secrets/GONE')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const names = (await kova.call<SecretView[]>('GET', '/v1/projects/shop/secrets')).map(({ name }) => name);
  expect(names).toContain('TOKEN');
  expect(names).not.toContain('GONE');
});

test.each([
  ['A', 'abc', 'value: must have 4 characters at least'],
  ['KOVA_TOKEN', 'abcdef', "name: names that begin with KOVA_ are Kova's own"],
  ['NOT A NAME', 'abcdef', 'name: is not a name for an environment variable'],
  ['A', 'abc\0def', 'value: must have no null character'],
])('%s = %j is refused', async (name, value, said) => {
  await expect(set(name, value)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(said),
  });
});

/** In what forms a sentinel is in there. */
function traces(text: string): string[] {
  const all = [sentinel, machine, secondLine];
  const forms: Record<string, string[]> = {
    plain: all,
    // Whatever stands around it, these are in its middle.
    base64: [0, 1, 2].map((shift) =>
      Buffer.from('x'.repeat(shift) + sentinel)
        .toString('base64')
        .slice(4, -4),
    ),
    escaped: [
      encodeURIComponent(sentinel),
      JSON.stringify(sentinel).slice(1, -1),
      'sentinel+/&quot;',
      'sentinel+/"&amp;',
    ],
  };
  return Object.keys(forms).filter((form) => forms[form]!.some((trace) => text.includes(trace)));
}

/** All that the store holds, the workflows' own tables included. */
async function storeTraces(): Promise<string[]> {
  const tables = await inStore(
    kova.home,
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await inStore(kova.home, `select t::text as row from ${name} t`);
    const forms = traces(
      rows
        .map(({ row }) => row)
        .join('\n')
        .replaceAll('""', '"'),
    );
    found.push(...forms.map((form) => `${name}: ${form}`));
  }
  return found;
}

/** Every file of the home, Postgres's own and its log of writes included. */
function homeTraces(): string[] {
  return readdirSync(kova.home, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => traces(readFileSync(path, 'latin1')).length > 0);
}
