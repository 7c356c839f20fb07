import { spawnSync } from 'node:child_process';
import { beside, type Figure, figure, missing } from '../result.ts';
import { cpuSeconds } from './cpu-time.ts';
import { caddy, type Front, isInstalled, kovaEdge, nginx, startLightUpstream } from './proxies.ts';

interface Measured {
  rps: number;
  p99Ms: number;
  /** Of the front, for each request: what neighbours on the machine do hardly shows in it. */
  cpuMicros: number;
}

const rounds = 5;

/** Requests a second through each front on core 0, in turns; the load and the one upstream of all are on core 1. */
export async function edgeThroughput(seconds: number): Promise<Figure[]> {
  if (!isInstalled('wrk')) return [missing('ship.edge.vs_nginx', 'wrk', 'apt-get install wrk')];
  const upstream = await startLightUpstream(1);
  const fronts: Front[] = [await kovaEdge(upstream.port)];
  if (isInstalled('nginx')) fronts.push(await nginx(upstream.port));
  if (isInstalled('caddy')) fronts.push(await caddy(upstream.port));
  for (const { port } of fronts) wrk(port, 1);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const front of fronts)
      results.set(front.name, [...(results.get(front.name) ?? []), measure(front, Math.ceil(seconds / rounds))]);
  }
  const direct = wrk(upstream.port, 2);
  await Promise.all(fronts.map((front) => front.stop()));
  await upstream.stop();
  const own = median(results.get('edge'));
  const note = `median; ${cpuNote('edge', own)}; direct ${Math.round(direct.rps)} req/s`;
  return [figure('ship.edge.rps', own.rps, 'req/s', rounds, note), ...compare(own, results)];
}

function compare(own: Measured, results: Map<string, Measured[]>): Figure[] {
  const peers = [
    { id: 'ship.edge.vs_nginx', name: 'nginx', p99: 'ship.edge.p99_vs_nginx' },
    { id: 'ship.edge.vs_caddy', name: 'caddy', p99: null },
  ];
  return peers.flatMap(({ id, name, p99 }) => {
    const measured = results.get(name);
    if (!measured) return [missing(id, name, `apt-get install ${name}`)];
    const peer = median(measured);
    const note = `${Math.round(own.rps)} and ${Math.round(peer.rps)} req/s; ${cpuNote('edge', own)}, ${cpuNote(name, peer)}`;
    const throughput = beside(id, own.rps, name, peer.rps, '×', rounds, note);
    return p99 === null
      ? [throughput]
      : [throughput, beside(p99, own.p99Ms, name, peer.p99Ms, '×', rounds, `${own.p99Ms} and ${peer.p99Ms} ms`)];
  });
}

/** Each quantity's own median. */
function median(measured: readonly Measured[] = []): Measured {
  const middle = (of: (one: Measured) => number) =>
    measured.map(of).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
  return {
    rps: middle(({ rps }) => rps),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    cpuMicros: middle(({ cpuMicros }) => cpuMicros),
  };
}

function cpuNote(name: string, { cpuMicros }: Measured): string {
  return `${name} ${cpuMicros.toFixed(1)} µs CPU a request`;
}

function measure({ port, pid }: Front, seconds: number): Measured {
  const before = cpuSeconds(pid);
  const { rps, p99Ms, requests } = wrk(port, seconds);
  return { rps, p99Ms, cpuMicros: ((cpuSeconds(pid) - before) * 1e6) / requests };
}

function wrk(port: number, seconds: number): { rps: number; p99Ms: number; requests: number } {
  const args = ['-c', '1', 'wrk', '-t1', '-c32', `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  const { stdout } = spawnSync('taskset', args, { encoding: 'utf8' });
  const rps = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const [, amount = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  return { rps, requests, p99Ms: Number(amount) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'] };
}
