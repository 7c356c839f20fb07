import { latencyBoundsMs } from '@kova/core/traffic/slot-counters';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';

interface Sample {
  suffix?: string;
  labels: Record<string, string>;
  value: number;
}

/** Everything the edge counts, as Prometheus text (version 0.0.4). */
export function renderMetrics(table: RouteTable, version: string): string {
  const build = [{ labels: { version, node: process.versions.node }, value: 1 }];
  return slotMetrics(table) + routeMetrics(table) + metric('build_info', 'gauge', 'The edge that answers.', build);
}

function slotMetrics(table: RouteTable): string {
  const slots = table.slots.all();
  const perSlot = (value: (slot: LiveSlot) => number): Sample[] =>
    slots.map((slot) => ({ labels: labelsOf(slot), value: value(slot) }));
  return [
    metric('requests_total', 'counter', 'Answered requests of users by status class.', slots.flatMap(classSamples)),
    metric(
      'errors_total',
      'counter',
      '5xx answers and requests without an answer.',
      perSlot((s) => s.counts.errors),
    ),
    metric(
      'retries_total',
      'counter',
      'Attempts sent again to an instance.',
      perSlot((s) => s.counts.retries),
    ),
    metric(
      'in_flight',
      'gauge',
      'Requests, WebSockets and event streams in flight.',
      perSlot((s) => s.inFlight),
    ),
    metric(
      'streams',
      'gauge',
      'Open WebSockets and event streams.',
      perSlot((s) => s.streams.size),
    ),
    metric(
      'slot_weight',
      'gauge',
      'Share of new visitors in percent.',
      perSlot((s) => s.weight),
    ),
    metric('unhealthy_instances', 'gauge', 'Instances that get no requests.', perSlot(unhealthy)),
    metric('request_duration_seconds', 'histogram', 'Time to the end of the answer.', slots.flatMap(durationSamples)),
  ].join('');
}

function routeMetrics(table: RouteTable): string {
  const routes = table.all().map(({ route }) => route);
  const versions = routes.map(({ id, version }) => ({ labels: { route: id }, value: version }));
  const paused = routes.map(({ id }) => ({ labels: { route: id }, value: table.pauseOf(id) ? 1 : 0 }));
  return (
    metric('route_version', 'gauge', 'Version of the route in force.', versions) +
    metric('route_paused', 'gauge', '1 while requests are held.', paused)
  );
}

function metric(name: string, type: string, help: string, samples: Sample[]): string {
  const full = `kova_edge_${name}`;
  const lines = samples.map(({ suffix = '', labels, value }) => `${full}${suffix}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join('')}`;
}

function labelsOf(slot: LiveSlot): Record<string, string> {
  return { slot: slot.id, release: slot.release };
}

function unhealthy(slot: LiveSlot): number {
  return slot.instances.filter(({ health }) => !health.healthy).length;
}

function classSamples(slot: LiveSlot): Sample[] {
  return [1, 2, 3, 4, 5].map((digit) => ({
    labels: { ...labelsOf(slot), class: `${digit}xx` },
    value: slot.counts.classes[digit] ?? 0,
  }));
}

function durationSamples(slot: LiveSlot): Sample[] {
  const labels = labelsOf(slot);
  const { buckets, sumMs } = slot.counts.latency;
  let count = 0;
  const samples = buckets.map((value, index): Sample => {
    count += value;
    const bound = latencyBoundsMs[index];
    return { suffix: '_bucket', labels: { ...labels, le: bound ? String(bound / 1000) : '+Inf' }, value: count };
  });
  return [...samples, { suffix: '_sum', labels, value: sumMs / 1000 }, { suffix: '_count', labels, value: count }];
}

function renderLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
