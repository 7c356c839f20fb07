import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import { hostsOf } from '@kova/core/environment/hosts';
import { type Colour, slotId } from '@kova/core/environment/slot';
import type { Route, RouteSlot } from '@kova/core/traffic/route';
import type { Context } from '../context.ts';
import type { Instance } from '../ports/runtime.ts';
import type { SlotRecord } from '../store/environments.ts';
import { assetDirectories } from './assets.ts';

const megabyte = 1_048_576;
const limits = { bodyBytes: 100 * megabyte, responseTimeoutMs: 60_000 };

export interface RouteSource {
  project: string;
  environment: string;
  weights: Readonly<Record<Colour, number>>;
  slots: readonly SlotRecord[];
  config: ProjectConfig;
}

/** What the edge shall do for the environment, of what the store and the runtime know; its version is still to be set. */
export async function deriveRoute(ctx: Context, source: RouteSource): Promise<Omit<Route, 'version'>> {
  const { project, environment, config } = source;
  const slots = await Promise.all(source.slots.map((slot) => routeSlot(ctx, source, slot)));
  const { path, interval, timeout, unhealthyAfter, healthyAfter } = config.app.health;
  const { assets } = config.app;
  const tls = tlsOf(ctx, config, environment);
  return {
    id: `${project}/${environment}`,
    hosts: hostsOf(config, environment),
    slots,
    health: { path, intervalMs: interval, timeoutMs: timeout, unhealthyAfter, healthyAfter },
    assets: assets && {
      prefix: assets.prefix,
      dirs: await assetDirectories(join(ctx.home.assets, project, environment)),
    },
    sticky: true,
    idleTokenHash: createHash('sha256').update(ctx.idleToken.reveal()).digest('hex'),
    limits,
    ...(tls && { tls }),
  };
}

function tlsOf({ edgeTls }: Context, config: ProjectConfig, environment: string): Route['tls'] {
  // A release that was built by an older Kova says nothing of it.
  const wanted = config.environments[environment]?.tls ?? null;
  if (wanted === null || edgeTls === null) return undefined;
  return {
    redirectPort: wanted.redirect ? edgeTls.port : null,
    hstsSeconds: wanted.hsts === null ? null : Math.floor(wanted.hsts / 1000),
  };
}

async function routeSlot(ctx: Context, source: RouteSource, slot: SlotRecord): Promise<RouteSlot> {
  const id = slotId(source.project, source.environment, slot.colour);
  const instances = await ctx.runtime.instances(id);
  const addressed = instances.filter((instance) => instance.release === slot.release && mayServe(instance));
  return {
    id,
    release: slot.release,
    weight: source.weights[slot.colour],
    instances: addressed.map((instance) => ({ id: instance.id, ...instance.address })),
  };
}

/** One that is about to come back keeps its place: the edge's own health decides whether it gets requests. */
function mayServe({ state, address }: Instance): boolean {
  if (address.port === 0) return false;
  return state === 'ready' || state === 'starting' || state === 'backing-off';
}
