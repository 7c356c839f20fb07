import type { ShipView } from '@kova/control/api';
import { expect, test } from 'vitest';
import type { AppVersion } from './app.ts';
import { cleanUp } from './clean-up.ts';
import type { TestKova } from './kova.ts';
import { Load } from './load.ts';
import { streamThroughDeploy } from './streams.ts';

/** A Kova whose instances run in containers, with a release that is live. */
export interface Carried {
  kova: TestKova;
  /** Ships a version in an image of its own. */
  shipped(version: AppVersion): Promise<ShipView>;
}

const production = (text: string) => `{ production: { instances: 2, ${text} } }`;
const patienceMs = 120_000;

/** Stories that processes have files of their own for, told again where a runtime may make them end otherwise. */
export function tellCarriedStories(open: () => Carried): void {
  const users = () => new Load(open().kova.control.edge, 'production.shop.localhost');
  const live = async () => {
    const { live: now, instances } = await open().kova.environment();
    return instances.filter(({ release }) => release === now?.release);
  };
  const addresses = async () => (await live()).map(({ address }) => address);

  // https://github.com/Dokploy/dokploy/pull/4357
  test('an app that exits within the window is rolled back', { timeout: patienceMs }, async () => {
    const { kova, shipped } = open();
    const before = (await kova.get()).release;
    const load = users();
    const onHealth = `if (process.env.KOVA_INSTANCE.endsWith('/0')) globalThis.end ??= setTimeout(() => process.exit(7), 8000);
      return response.end('well');`;
    const ship = await shipped({ text: 'exits', onHealth, environments: production("stability: '60s'") });
    const seen = await load.stop();
    expect(ship.deployments[0]).toMatchObject({ phase: 'rolled-back', health: 'failed' });
    expect(ship.deployments[0]?.reason).toMatch(/^rolled back: \d instances? ended unasked, more than 0 allowed on /);
    // What was in flight on it: there are four users.
    expect(seen.dropped.length).toBeLessThanOrEqual(4);
    expect((await kova.get()).release).toBe(before);
  });

  test('one that exits after the window is started again, and status says so', { timeout: patienceMs }, async () => {
    const { kova, shipped } = open();
    const ship = await shipped({ text: 'one', environments: production("stability: '1s'") });
    expect(ship.deployments[0]).toMatchObject({ phase: 'live', health: 'healthy' });
    for (const address of await addresses()) await fetch(`http://${address}/exit`).catch(() => {});
    await kova.until(live, (all) => all.every(({ state, restarts }) => state === 'ready' && restarts === 1));
    const [first] = await live();
    expect(kova.cli('status')).toMatch(
      new RegExp(`^warning: ${first?.id}: ready \\(ended unasked 1 time\\): ready: .* before, it exited with 7`, 'm'),
    );
  });

  // https://github.com/basecamp/kamal-proxy/issues/186
  test('a hundred WebSockets and event streams through a deploy', { timeout: patienceMs }, () =>
    streamThroughDeploy(open().kova, open().shipped, 100),
  );

  // https://github.com/argoproj/argo-rollouts/issues/3941
  test('while one of two instances is not ready no user is on the release', { timeout: patienceMs }, async () => {
    const load = users();
    const ship = await open().shipped({
      text: 'half',
      atStart: `if (process.env.KOVA_INSTANCE.endsWith('/1')) await new Promise(() => setInterval(() => {}, 1000));`,
      app: `health: { path: '/health', deadline: '10s' },`,
    });
    const seen = await load.stop();
    expect(ship.deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null });
    expect(ship.deployments[0]?.reason).toMatch(/^instance 2 .*of release rel_\w+ is not ready after 10 s: /);
    expect(seen.releases.has(ship.release ?? '')).toBe(false);
    expect(seen.dropped).toEqual([]);
  });

  // https://github.com/argoproj/argo-rollouts/issues/1292 https://github.com/fluxcd/flagger/issues/1898
  test('an abort in the window leaves the live instances as they were', { timeout: patienceMs }, async () => {
    const { kova, shipped } = open();
    const before = await addresses();
    const load = users();
    const shipping = shipped({ text: 'aborted', environments: production("stability: '60s'") });
    const { inFlight } = await kova.until(
      () => kova.environment(),
      ({ inFlight: at }) => at?.phase === 'stabilizing',
    );
    await kova.act('abort', { by: 'ada' });
    expect((await kova.ended(inFlight?.id ?? '')).phase).toBe('rolled-back');
    await shipping;
    expect((await load.stop()).dropped).toEqual([]);
    expect(await addresses()).toEqual(before);
  });

  // https://github.com/basecamp/kamal/pull/1922 https://github.com/Dokploy/dokploy/pull/4923
  test('three rollbacks after a clean-up, each with the configuration of its release', {
    timeout: 240_000,
  }, async () => {
    const { kova, shipped } = open();
    const releases: [string, string][] = [];
    for (const text of ['a', 'b', 'c', 'd']) {
      const environments = production(`stability: '500ms', standby: '1s', env: { GREETING: '${text}' }`);
      const { release } = await shipped({ text, environments, more: 'keepReleases: 3,' });
      releases.push([text, release ?? '']);
    }
    await kova.until(
      () => kova.environment(),
      ({ standby }) => standby === null,
    );
    await cleanUp(kova);
    for (const [text, release] of releases.slice(0, -1).reverse()) {
      const ended = await kova.ended(await kova.act('rollback', { to: release }));
      expect(ended).toMatchObject({ phase: 'live', health: 'healthy', release });
      const answer = await kova.get('/env');
      expect(JSON.parse(answer.body)).toMatchObject({ text, release, env: { GREETING: text } });
    }
  });
}
