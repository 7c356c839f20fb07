import { setTimeout as delay } from 'node:timers/promises';
import { Load } from '../../e2e/testing/load.ts';
import { beside, type Figure, figure, missing } from '../result.ts';
import { caddy, type Front, isInstalled, kovaEdge, nginx, startUpstream } from './proxies.ts';

/** Each turn lasts as long for all, so that as many requests meet the switches. */
const turnMs = 350;

interface Outcome {
  failed: number;
  requests: number;
}

/** Switches between two upstreams under load; the one that was left is stopped after each switch and started anew. */
async function switchMany(start: (upstream: number) => Promise<Front>, times: number): Promise<Outcome> {
  let current = await startUpstream('first');
  const proxy = await start(current.port);
  const load = new Load(`http://127.0.0.1:${proxy.port}`, 'shop.localhost', 16, 1);
  for (let turn = 0; turn < times; turn += 1) {
    const next = await startUpstream(`turn-${turn}`);
    const pause = delay(turnMs);
    await proxy.switchTo(next.port, `turn-${turn}`);
    await proxy.drained(`turn-${turn}`);
    await current.stop();
    await pause;
    current = next;
  }
  const seen = await load.stop();
  await proxy.stop();
  await current.stop();
  return { failed: seen.dropped.length + seen.errors, requests: seen.requests };
}

const peers = [
  { id: 'ship.switch.failed_nginx', name: 'nginx', start: nginx },
  { id: 'ship.switch.failed_caddy', name: 'caddy', start: caddy },
];

/** Requests that failed at the switches of the edge, and of its peers in the same run. */
export async function switches(times: number, say: (line: string) => void): Promise<Figure[]> {
  const own = await switchMany(kovaEdge, times);
  const note = `of ${own.requests}, half over kept connections`;
  const figures = [figure('ship.switch.failed', own.failed, 'requests', times, note)];
  for (const { id, name, start } of peers) {
    if (!isInstalled(name)) {
      figures.push(missing(id, name, `apt-get install ${name}`));
      continue;
    }
    say(`  the same with ${name} …`);
    const peer = await switchMany(start, times);
    const told = `${name} failed ${peer.failed} of ${peer.requests}`;
    figures.push(beside(id, own.failed, name, peer.failed, 'requests', times, told));
  }
  return figures;
}
