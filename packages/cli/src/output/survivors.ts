import type { Survivor } from '@kova/control/survey';

/** `the edge at 127.0.0.1:4780, 2 instances of shop/production/blue, PostgreSQL of shop/production` */
export function namedSurvivors(survivors: readonly Survivor[]): string {
  const of = (kind: Survivor['kind']) => survivors.filter((each) => each.kind === kind).map(({ name }) => name);
  const slots = new Map<string, number>();
  for (const id of of('instance')) {
    const slot = id.slice(0, id.lastIndexOf('/'));
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  const clusters = of('PostgreSQL').map((name) => (name === '_kova' ? 'Kova itself' : name));
  const services = of('service');
  return [
    ...of('control plane').map(() => 'the control plane'),
    ...of('edge').map((listen) => `the edge at ${listen}`),
    ...[...slots].map(([slot, count]) => `${count} instance${count === 1 ? '' : 's'} of ${slot}`),
    ...(services.length > 0 ? [`containers of ${services.join(', ')}`] : []),
    ...(clusters.length > 0 ? [`PostgreSQL of ${clusters.join(', ')}`] : []),
  ].join(', ');
}
