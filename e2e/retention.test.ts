import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { cleanUp } from './testing/clean-up.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
const releases: string[] = [];
const names = ['zero', 'one', 'two', 'three', 'four', 'five'];
/** Staging gets them all; production stays at the first until the end. */
const environments = (greeting: string) => `{
  staging: { stability: '500ms', standby: '1s' },
  production: { stability: '500ms', standby: '1s', deploy: 'manual', env: { GREETING: '${greeting}' } },
}`;

beforeAll(async () => {
  kova = await TestKova.start();
  for (const [index, text] of names.entries()) {
    const { ship } = await kova.ship({ text, environments: environments(text), more: 'keepReleases: 3,' });
    const { release } = await kova.until(
      () => kova.call<{ state: string; release: string }>('GET', `/v1/ships/${ship}`),
      ({ state }) => state === 'done',
    );
    releases.push(release);
    if (index < 2) expect((await kova.ended(await kova.act('promote'))).phase).toBe('live');
  }
});
afterAll(() => kova.close());

/** The releases whose artefact is on the disk. */
async function onDisk(): Promise<string[]> {
  const files = readdirSync(join(kova.home, 'artefacts/sha256'), { recursive: true, encoding: 'utf8' });
  const built = await kova.call<ReleaseView[]>('GET', '/v1/projects/shop/releases');
  return built
    .filter(({ artefact }) => files.some((file) => file.includes(artefact.replace('sha256:', ''))))
    .map(({ message }) => message.trim())
    .sort();
}

// https://github.com/basecamp/kamal/pull/1922 https://github.com/coollabsio/coolify/issues/8765
test('cleaning up keeps what each environment would go back to, and removes the rest from the disk', async () => {
  expect(await onDisk()).toEqual([...names].sort());
  // Staging has five and goes back to four, three, two; production has one and goes back to zero.
  await cleanUp(kova);
  expect(await onDisk()).toEqual([...names].sort());
  for (const release of releases.slice(2)) {
    expect((await kova.ended(await kova.act('deployments', { release }))).phase).toBe('live');
  }
  await kova.until(
    () => kova.environment(),
    ({ standby }) => standby === null,
  );
  await cleanUp(kova);
  await kova.until(
    async () => (await onDisk()).join(),
    (there) => there === 'five,four,three,two',
  );
});

test('three rollbacks by name after the clean-up, each with the configuration that its release had', async () => {
  for (const index of [4, 3, 2]) {
    const ended = await kova.ended(await kova.act('rollback', { to: releases[index]! }));
    expect(ended).toMatchObject({ phase: 'live', health: 'healthy', release: releases[index] });
    const answer = await kova.get('/env');
    expect(answer.release).toBe(releases[index]);
    // https://github.com/Dokploy/dokploy/pull/4923
    expect(JSON.parse(answer.body).env).toMatchObject({ GREETING: names[index], KOVA_RELEASE_ID: releases[index] });
  }
});

test('what was cleaned up is refused by name, and can be built again from its commit', async () => {
  await expect(kova.act('rollback', { to: releases[0]! })).rejects.toMatchObject({
    code: 'ARTEFACT_MISSING',
    message: `${releases[0]} was cleaned up: 3 healthy releases are kept`,
  });
  const [first] = execFileSync('git', ['-C', kova.repository, 'log', '--reverse', '--format=%H'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const { ship } = await kova.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit: first });
  await kova.until(
    () => kova.call<{ state: string }>('GET', `/v1/ships/${ship}`),
    ({ state }) => state === 'done',
  );
  expect((await kova.environment('staging')).live!.release).toBe(releases[0]);
  expect(await onDisk()).toContain('zero');
});

test('who ran which command is told for 90 days after it has ended', async () => {
  const run = `'production', 'production-1', 'rel', '[]', false, 'ada'`;
  await inStore(
    kova.home,
    `insert into executions (id, project, environment, instance, release, argv, terminal, requested_by, started_at, ended_at)
     values ('long-ago', 'shop', ${run}, now() - interval '92 days', now() - interval '91 days'),
            ('within', 'shop', ${run}, now() - interval '92 days', now() - interval '89 days')`,
  );
  await cleanUp(kova);
  const told = () => inStore(kova.home, 'select id from executions');
  await kova.until(told, (rows) => rows.length < 2);
  expect(await told()).toEqual([{ id: 'within' }]);
});
