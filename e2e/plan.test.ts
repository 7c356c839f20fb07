import type { ApplyView, PlanView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
let base: string;
beforeAll(async () => {
  kova = await TestKova.start();
  base = (await kova.shipped({ text: 'base', ...production('') })).release!;
});
afterAll(() => kova.close());

function production(keys: string) {
  return { environments: `{ production: { stability: '1s', ${keys} } }` };
}

/** Commits and sends a configuration; the app stays as it is. */
const configured = (keys: string) => kova.send({ text: 'base', ...production(keys) });

const plan = (commit: string) => kova.call<PlanView>('POST', '/v1/projects/shop/plan', { commit });

async function apply(commit: string, digest: string, by = 'ada'): Promise<string> {
  const body = { commit, digest, by };
  return (await kova.call<{ apply: string }>('POST', '/v1/projects/shop/applies', body)).apply;
}

const applied = (id: string) =>
  kova.until(
    () => kova.call<ApplyView>('GET', `/v1/applies/${id}`),
    ({ state }) => state !== 'running',
  );

/** Plans and applies; the end of it. */
async function bring(commit: string): Promise<ApplyView> {
  return applied(await apply(commit, (await plan(commit)).digest));
}

const envOf = async (name: string) => JSON.parse((await kova.get('/env')).body).env[name];

test('a plan says what would change and changes nothing; the value of a variable is never told', async () => {
  const commit = await configured("instances: 2, hosts: ['shop.example'], env: { API_URL: 'http://very-private' }");
  const before = await kova.environment();
  const view = await plan(commit);
  expect(view.environments).toMatchObject([{ name: 'production', deed: 'deployment', drift: [], atWork: null }]);
  expect(view.environments[0]!.changes.map(({ path, before, after, way }) => [path, before, after, way])).toEqual([
    ['env.API_URL', null, '(not shown)', 'deployment'],
    ['hosts', '[]', '["shop.example"]', 'direct'],
    ['instances', '1', '2', 'deployment'],
  ]);
  expect(JSON.stringify(view)).not.toContain('very-private');
  expect(await kova.environment()).toEqual(before);
});

test('what needs new instances is a deployment of the same release; no request is dropped', async () => {
  const commit = await configured("instances: 2, env: { GREETING: 'hello' }");
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const end = await bring(commit);
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(end).toMatchObject({ state: 'done', requestedBy: 'ada', outcomes: [{ deed: 'deployment' }] });
  const { live, instances } = await kova.environment();
  expect(live).toMatchObject({ release: base, configCommit: commit, id: end.outcomes[0]!.deployment });
  expect(instances.filter(({ id }) => id.includes(live!.colour!))).toHaveLength(2);
  expect(await envOf('GREETING')).toBe('hello');
  expect(await plan(commit)).toMatchObject({ pending: false, environments: [{ deed: 'none', configCommit: commit }] });
});

test('what needs none is changed where it runs: no instance is started', async () => {
  const commit = await configured(
    "instances: 2, env: { GREETING: 'hello' }, hosts: ['production.shop.localhost', 'two.localhost']",
  );
  const before = await kova.environment();
  const end = await bring(commit);
  expect(end).toMatchObject({ state: 'done', outcomes: [{ deed: 'direct', deployment: null }] });
  const { live, instances } = await kova.environment();
  expect(live!.id).toBe(before.live!.id);
  expect(instances.map(({ pid }) => pid)).toEqual(before.instances.map(({ pid }) => pid));
  expect((await kova.get('/', 'production', { host: 'two.localhost' })).release).toBe(base);
  expect(await plan(commit)).toMatchObject({ pending: false });
});

test('a plan that is none any more is refused, and nothing is done', async () => {
  const commit = await configured("instances: 1, env: { GREETING: 'stale' }");
  const { digest } = await plan(commit);
  const other = await configured("instances: 2, env: { GREETING: 'between' }");
  expect((await bring(other)).state).toBe('done');
  const before = await kova.environment();
  await expect(apply(commit, digest)).rejects.toMatchObject({ code: 'PLAN_STALE' });
  await expect(apply(other, digest)).rejects.toMatchObject({ code: 'PLAN_STALE' });
  expect((await kova.environment()).live).toEqual(before.live);
});

test('of two at once one wins, and the other is told who is at work', async () => {
  const commit = await configured("instances: 2, env: { GREETING: 'twice' }");
  const { digest } = await plan(commit);
  const results = await Promise.allSettled([apply(commit, digest, 'ada'), apply(commit, digest, 'bob')]);
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(won).toHaveLength(1);
  expect(lost).toMatchObject([{ code: 'CONFLICT', message: expect.stringContaining(won[0]!) }]);
  expect((await applied(won[0]!)).state).toBe('done');
});

test('a configuration that hurts users is taken back; its commit is held, and not that of the release', async () => {
  const before = await kova.environment();
  const rules = "analysis: { rules: [{ signal: 'error-rate', above: 0.1, for: '1s' }], minRequests: 5 }";
  // A start command cannot be given per environment, so the fault comes with the project's.
  const commit = await kova.send({
    text: 'base',
    environments: `{ production: { stability: '20s', instances: 2, ${rules} } }`,
    app: "start: ['node', '-e', \"require('node:http').createServer((q, r) => { r.statusCode = q.url === '/health' ? 200 : 500; r.end('no'); }).listen(process.env.PORT, process.env.HOST)\"],",
  });
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const end = await bring(commit);
  await load.stop();
  expect(end).toMatchObject({ state: 'failed', error: { code: 'ANALYSIS_BREACH' } });
  const { live, held } = await kova.environment();
  expect(live!.id).toBe(before.live!.id);
  expect(held.map((hold) => hold.commit)).toEqual([commit]);
  expect((await plan(commit)).environments[0]).toMatchObject({ deed: 'blocked' });
  await expect(bring(commit)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
  expect((await kova.get()).status).toBe(200);
});

test('by hand one goes back from a configuration to the one before, of the same release', async () => {
  const good = await configured("instances: 2, env: { GREETING: 'good' }");
  expect((await bring(good)).state).toBe('done');
  const worse = await configured("instances: 2, env: { GREETING: 'worse' }");
  expect((await bring(worse)).state).toBe('done');
  expect(await envOf('GREETING')).toBe('worse');
  const back = await kova.ended(await kova.act('rollback', { by: 'ada' }));
  expect(back).toMatchObject({ phase: 'live', release: base, configCommit: good });
  expect(await envOf('GREETING')).toBe('good');
});

test('an abort ends the apply, and what is live stays', async () => {
  const before = await kova.environment();
  const greeting = await envOf('GREETING');
  const commit = await kova.send({
    text: 'base',
    environments: `{ production: { stability: '60s', instances: 2, env: { GREETING: 'aborted' } } }`,
  });
  const id = await apply(commit, (await plan(commit)).digest);
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'stabilizing',
  );
  expect(kova.command('abort', id)).toContain(id);
  expect(await applied(id)).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
  expect((await kova.environment()).live!.id).toBe(before.live!.id);
  expect(await envOf('GREETING')).toBe(greeting);
});

const points = ['apply.check:after', 'apply.queue:after', 'apply.note:after', 'start:after', 'apply.result:before'];

test.each([...points, 'apply.done:before'])('kill -9 of the control plane at %s: the apply goes on', async (point) => {
  const commit = await configured(`instances: 2, env: { GREETING: '${point}' }`);
  const { digest } = await plan(commit);
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: point });
  const crashed = kova.control.pid;
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const id = await apply(commit, digest);
  await kova.until(
    async () => isGone(crashed),
    (gone) => gone,
  );
  await kova.up();
  expect(await applied(id)).toMatchObject({ state: 'done' });
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(await envOf('GREETING')).toBe(point);
});

test('kill -9 around a direct change: it is done once', async () => {
  for (const [point, host] of [
    ['apply.direct:before', 'three.localhost'],
    ['apply.direct:after', 'four.localhost'],
  ]) {
    const hosts = `hosts: ['production.shop.localhost', '${host}']`;
    const commit = await configured(`instances: 2, env: { GREETING: 'apply.done:before' }, ${hosts}`);
    const { digest } = await plan(commit);
    kova.killControl();
    await kova.up({ KOVA_CRASH_AT: point });
    const crashed = kova.control.pid;
    const id = await apply(commit, digest);
    await kova.until(
      async () => isGone(crashed),
      (gone) => gone,
    );
    await kova.up();
    expect(await applied(id)).toMatchObject({ state: 'done' });
    expect((await kova.get('/', 'production', { host: host! })).release).toBe(base);
    const told = (await kova.story(base)).filter((reason) => reason.includes(id));
    expect(told).toEqual([`hosts as in commit ${commit.slice(0, 10)} (${id})`]);
  }
});

test('the command plans, refuses to apply without a yes, and applies with one', async () => {
  const commit = await configured("instances: 2, env: { GREETING: 'from the command' }");
  const at = ['--dir', kova.repository, '--project', 'shop'];
  expect(() => kova.command('plan', '--exit-code', ...at)).toThrow(expect.objectContaining({ status: 3 }));
  expect(kova.command('plan', ...at)).toContain('env.GREETING');
  expect(() => kova.command('apply', ...at)).toThrow(/nobody can be asked: Apply this/);
  expect(() => kova.command('apply', '--yes', '--digest', 'of-another', ...at)).toThrow(/PLAN_STALE/);
  const said = kova.command('apply', '--yes', ...at);
  expect(said).toMatch(
    new RegExp(`production  live .*\n.*Done: the configuration of commit ${commit.slice(0, 10)}`, 's'),
  );
  expect(kova.command('status')).toContain(`production: configuration of commit ${commit.slice(0, 10)}, applied by`);
  expect(JSON.parse(kova.command('apply', '--json', ...at))).toMatchObject({ pending: false });
  expect(await envOf('GREETING')).toBe('from the command');
});

test('a host that leads elsewhere already is in the way of a plan', async () => {
  const elsewhere = 'staging.other.localhost';
  const route = JSON.stringify({ id: 'other/staging', hosts: [elsewhere] });
  await inStore(kova.home, `insert into projects (name) values ('other')`);
  await inStore(
    kova.home,
    `insert into environments (project, name, position, route) values ('other', 'staging', 0, '${route}')`,
  );
  const commit = await configured(`instances: 2, hosts: ['${elsewhere}']`);
  expect((await plan(commit)).environments).toMatchObject([
    { deed: 'blocked', reason: `the host ${elsewhere} leads to other/staging, which must give it up first` },
  ]);
});
