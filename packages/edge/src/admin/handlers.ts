import { KovaError } from '@kova/core/errors/kova-error';
import { routeSchema } from '@kova/core/traffic/route';
import { bootId } from '../count/slot-counts.ts';
import { Door } from '../forward/door.ts';
import type { RouteTable } from '../table/table.ts';
import { type AdminContext, first, type Handle, type Handler } from './handler.ts';
import { renderMetrics } from './metrics.ts';
import {
  type DrainState,
  doorBody,
  drainBody,
  type EdgeStatus,
  pauseBody,
  stopBody,
  timeoutQuery,
  versionQuery,
} from './schemas.ts';
import { tlsHandlers } from './tls-handlers.ts';

const handlers: readonly Handler[] = [
  ['GET', '/status', ({ table, self }) => statusOf(table, self)],
  ['GET', '/metrics', ({ table, self }) => renderMetrics(table, self.version)],
  ['GET', '/routes', ({ table }) => table.all().map(({ route }) => route)],
  ['PUT', '/routes/*', ({ table }, { params, body }) => putRoute(table, first(params), body)],
  [
    'DELETE',
    '/routes/*',
    ({ table }, { params, query }) => table.remove(first(params), versionQuery.parse(query).version),
  ],
  [
    'GET',
    '/routes/*/counters',
    ({ table }, { params }) => table.get(first(params)).slots.map((slot) => slot.counters()),
  ],
  ['POST', '/routes/*/pause', ({ table }, { params, body }) => table.pause(first(params), pauseBody.parse(body).maxMs)],
  ['POST', '/routes/*/resume', ({ table }, { params }) => resume(table, first(params))],
  [
    'GET',
    '/slots/*/drained',
    ({ table }, { params, query }) => awaitDrained(table, first(params), timeoutQuery.parse(query).timeoutMs),
  ],
  [
    'POST',
    '/slots/*/drain',
    ({ table }, { params, body }) => drain(table, first(params), drainBody.parse(body).spreadMs),
  ],
  ['POST', '/doors', ({ table }, { body }) => Door.open(table, doorBody.parse(body))],
  ...tlsHandlers,
  ['POST', '/stop', ({ stop }, { body }) => void stop(stopBody.parse(body).drainMs)],
];

export function handlerFor(method: string, path: string): { handle: Handle; params: string[] } {
  const segments = path.slice(1).split('/');
  for (const [wanted, pattern, handle] of handlers) {
    const params = wanted === method ? matchSegments(pattern.slice(1).split('/'), segments) : null;
    if (params) return { handle, params };
  }
  throw new KovaError('NOT_FOUND', `The edge has no ${method} ${path}.`);
}

function matchSegments(pattern: string[], segments: string[]): string[] | null {
  if (pattern.length !== segments.length) return null;
  if (!pattern.every((part, index) => part === '*' || part === segments[index])) return null;
  return segments.filter((_, index) => pattern[index] === '*').map(decode);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new KovaError('INPUT_INVALID', 'The path is badly encoded.', { cause });
  }
}

function statusOf(table: RouteTable, self: AdminContext['self']): EdgeStatus {
  const routes = table.all().map(({ route: { id, version } }) => ({ id, version, paused: !!table.pauseOf(id) }));
  return { ...self, bootId, routes };
}

function putRoute(table: RouteTable, id: string, body: unknown): Promise<void> {
  const route = routeSchema.parse(body);
  if (route.id !== id) throw new KovaError('INPUT_INVALID', `id: the path says ${id}, the body ${route.id}`);
  return table.put(route);
}

function resume(table: RouteTable, id: string): void {
  table.get(id);
  table.resume(id);
}

function drain({ slots }: RouteTable, slotId: string, spreadMs: number): void {
  for (const slot of slots.ofId(slotId)) {
    for (const instance of slot.instances) instance.renewConnections();
    slot.streams.closeSpread(spreadMs);
  }
}

async function awaitDrained({ slots }: RouteTable, slotId: string, timeoutMs: number): Promise<DrainState> {
  const inFlight = () => slots.ofId(slotId).reduce((sum, slot) => sum + slot.inFlight, 0);
  const ready = () => inFlight() === 0 && slots.ofId(slotId).every((slot) => slot.weight === 0);
  const drained = await slots.until(ready, timeoutMs);
  return { drained, inFlight: inFlight() };
}
