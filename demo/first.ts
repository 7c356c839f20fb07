import { availableParallelism, loadavg } from 'node:os';
import { Driver } from './driver.ts';
import { Load, perSecond } from './load.ts';
import { Repository } from './repository.ts';
import { seconds } from './say.ts';
import { tellShip } from './ship.ts';
import { keptApart, slugsAt } from './shop.ts';
import { host, type LoadedTale, production, project, type Scene, type Tale } from './tale.ts';

const order = ['development', 'staging', 'pre-production', production];

/** Kova from nothing, and a repository of the shop to ship from. */
export async function open(scene: Scene): Promise<{ tale: Tale; commit: string; upMs: number }> {
  const { say } = scene;
  say.chapter('kova up, on a home that is new');
  const [load = 0] = loadavg();
  if (load > availableParallelism())
    say.warn(`This machine is busy (load ${load.toFixed(0)} on ${availableParallelism()} cores): all takes longer.`);
  const control = await scene.launch();
  const upMs = Math.round(control.startedInMs);
  say.figure('ready in', `${seconds(upMs)}: control plane, its Postgres, the edge`);
  say.figure('control plane', `${control.url}, process ${control.pid}`);
  say.figure('edge', control.edge);

  say.chapter('A real shop: Next.js, React, Postgres, in a git repository');
  const repository = await Repository.of(scene.shop, scene.work);
  const { commit, lines } = await repository.shorten(scene.full, scene.runtime);
  const left = scene.full
    ? ''
    : ' and leaves out jobs and checks that take long, such as those in a browser (--full keeps them)';
  say.line(
    `For the demo, one commit makes the windows of kova.config.ts shorter${left}; all else is the shop as it is:`,
  );
  for (const line of lines) say.line(`  ${line}`);
  const driver = await Driver.of(control, project);
  return { tale: { ...scene, control, driver, repository }, commit, upMs };
}

/** The first ship: one build, four environments. */
export async function firstShip(tale: Tale, commit: string): Promise<object> {
  const { say, claims, driver, control } = tale;
  say.chapter('Ship it: proved and built once, taken through four environments');
  const shipped = await tellShip(tale, commit);
  const { ship, jobs, phases, tookMs } = shipped;
  const environments = await driver.environments();
  const live = environments.filter((each) => each.live?.release === ship.release);
  claims.claim(
    `one release is live in ${live.length} of 4 environments`,
    ship.state === 'done' && environments.length === 4 && live.length === 4,
  );
  if (live.length < 4) throw new Error(`the first ship did not arrive: ${ship.error?.message.split('\n')[0]}`);
  const visited = phases.filter(({ phase }) => phase === 'live').map(({ environment }) => environment);
  claims.claim(`in this order: ${visited.join(', ')}`, visited.join() === order.join());
  claims.claim(
    'each environment has its own database: an order placed in staging is not in production',
    await keptApart(control.edge, `staging.${project}.localhost`, host),
  );
  const url = environments.find(({ name }) => name === production)?.url;
  say.figure('open it', `${url}  (control plane and apps on loopback only)`);
  return { release: ship.release, jobs, tookMs: Math.round(tookMs), url };
}

/** People come. */
export async function bringUsers(tale: Tale): Promise<LoadedTale> {
  const { say, control } = tale;
  say.chapter(`Users arrive: about ${perSecond} requests a second until the end`);
  say.line('Three of four keep their connection, the fourth opens one for each request.');
  const slugs = await slugsAt(control.edge, host);
  return { ...tale, load: new Load(control.edge, host, slugs).start() };
}
