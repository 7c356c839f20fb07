import { spawnSync } from 'node:child_process';
import { beside, type Figure, figure, missing } from '../result.ts';
import { caddy, type Front, isInstalled, kovaEdge, nginx, startUpstream } from './proxies.ts';

interface Measured {
  rps: number;
  p99Ms: number;
}

/** Requests a second through each front on one core, one after the other in rounds, the same upstream behind all. */
export async function edgeThroughput(seconds: number): Promise<Figure[]> {
  if (!isInstalled('wrk')) return [missing('ship.edge.vs_nginx', 'wrk', 'apt-get install wrk')];
  const upstream = await startUpstream('bench');
  const fronts: Front[] = [await kovaEdge(upstream.port)];
  if (isInstalled('nginx')) fronts.push(await nginx(upstream.port));
  if (isInstalled('caddy')) fronts.push(await caddy(upstream.port));
  const rounds = 3;
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, port } of fronts)
      results.set(name, [...(results.get(name) ?? []), wrk(port, Math.ceil(seconds / rounds))]);
  }
  const direct = wrk(upstream.port, 2);
  await Promise.all(fronts.map((front) => front.stop()));
  await upstream.stop();
  return [
    figure('ship.edge.rps', best(results.get('edge')).rps, 'req/s', rounds, `direct ${Math.round(direct.rps)} req/s`),
    ...compare(results, rounds),
  ];
}

function compare(results: Map<string, Measured[]>, rounds: number): Figure[] {
  const own = best(results.get('edge'));
  const peers = [
    { id: 'ship.edge.vs_nginx', name: 'nginx', p99: 'ship.edge.p99_vs_nginx' },
    { id: 'ship.edge.vs_caddy', name: 'caddy', p99: null },
  ];
  return peers.flatMap(({ id, name, p99 }) => {
    const measured = results.get(name);
    if (!measured) return [missing(id, name, `apt-get install ${name}`)];
    const peer = best(measured);
    const note = `${Math.round(own.rps)} and ${Math.round(peer.rps)} req/s`;
    const throughput = beside(id, own.rps, name, peer.rps, '×', rounds, note);
    return p99 === null
      ? [throughput]
      : [throughput, beside(p99, own.p99Ms, name, peer.p99Ms, '×', rounds, `${own.p99Ms} and ${peer.p99Ms} ms`)];
  });
}

function best(measured: readonly Measured[] = []): Measured {
  return measured.reduce((a, b) => (b.rps > a.rps ? b : a), { rps: 0, p99Ms: 0 });
}

function wrk(port: number, seconds: number): Measured {
  const args = ['-c', '1', 'wrk', '-t1', '-c32', `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  const { stdout } = spawnSync('taskset', args, { encoding: 'utf8' });
  const rps = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0);
  const [, amount = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  return { rps, p99Ms: Number(amount) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'] };
}
