import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { engineClient } from '../engine/client.ts';
import { openRegistry, type TestRegistry } from '../images/testing/registry.ts';
import { type ImageRecipe, importImage, nodeBase } from './engine/base-image.ts';
import { type Daemon, makeDaemon } from './engine/daemon.ts';
import { endProcesses, removeAbandonedDaemons, removeDaemon } from './engine/remove.ts';
import { giveLayers, keepSeen } from './engine/shared-images.ts';
import { layNetwork, type Machine } from './swarm/network.ts';
import { pullImage, pushImage } from './swarm/push-image.ts';

export { pushImage };

/** A machine of the swarm; each is a manager, so that one may be lost. */
export interface SwarmNode {
  engine: Docker;
  daemon: Daemon;
  address: string;
  /** As `DOCKER_HOST` takes it. */
  host: string;
  /** As if its power were cut: the daemon and all that runs in its containers is gone at once. */
  kill(): Promise<void>;
  /** Runs a command on its network. */
  inside(...argv: string[]): Promise<void>;
  /** Takes its network cable out, or puts it in again. */
  plug(isIn: boolean): Promise<void>;
}

export interface TestSwarm {
  nodes: readonly [SwarmNode, ...SwarmNode[]];
  registry: TestRegistry;
  /** The images by digest, as a service names them: `10.70.3.254:5000/kova-test/node@sha256:…`. */
  images: readonly string[];
  close(): Promise<void>;
}

/**
 * A swarm of `count` engines, each on a machine of its own as far as the network goes, and a registry for `pusher` alone
 * with the given images, which the first engine has under their own names as well; needs root. Call `close` at the end.
 */
export async function openTestSwarm(count = 3, recipes: readonly ImageRecipe[] = [nodeBase]): Promise<TestSwarm> {
  await removeAbandonedDaemons();
  const network = await layNetwork(count);
  const closing: (() => Promise<unknown>)[] = [network.remove];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const shared = `swarm ${recipesDigest(recipes)}`;
    const registry = await openRegistry({ closed: true, host: network.host, content: recipesDigest(recipes) });
    closing.push(registry.close);
    const opening = network.machines.map(async (machine) => {
      const daemon = await makeDaemon(daemonArguments(registry), machine.under);
      closing.push(() => end(daemon));
      await giveLayers(daemon, shared);
      await daemon.start();
      return nodeOf(machine, daemon);
    });
    closing.push(() => Promise.allSettled(opening));
    const [first, ...others] = await Promise.all(opening);
    if (!first) throw new Error('a swarm has at least one node');
    await form(first, others);
    const images = await fill(registry, first.engine, recipes);
    await keepSeen(first.daemon, shared);
    return { nodes: [first, ...others], registry, images, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** To import and compress an image takes most of a minute, so that the registry's content is kept. */
async function fill(registry: TestRegistry, engine: Docker, recipes: readonly ImageRecipe[]): Promise<string[]> {
  const found = await Promise.all(recipes.map(({ name }) => pushedImage(registry, name)));
  if (found.every((image) => image !== null)) {
    await Promise.all(recipes.map(({ name }, index) => pullImage(engine, found[index] ?? '', name)));
    return found;
  }
  const images = [];
  for (const recipe of recipes) {
    await importImage(engine, recipe);
    images.push(await pushImage(engine, recipe.name, registry.address));
  }
  await registry.keep();
  return images;
}

/** The name by digest of an image that the registry has; null if it has none of that name. */
async function pushedImage(registry: TestRegistry, name: string): Promise<string | null> {
  const [repository = name, tag = 'latest'] = name.split(':');
  const digest = await registry.digestOf(repository, tag);
  return digest && `${registry.address}/${repository}@${digest}`;
}

function recipesDigest(recipes: readonly ImageRecipe[]): string {
  return createHash('sha256').update(JSON.stringify(recipes)).digest('hex').slice(0, 16);
}

/** A bridge and firewall rules as on any machine: they are in its own namespace. */
function daemonArguments(registry: TestRegistry): string[] {
  return ['--bridge=', '--iptables=true', '--ip-masq=true', '--insecure-registry', registry.address];
}

function nodeOf({ address, inside, plug }: Machine, daemon: Daemon): SwarmNode {
  const host = `unix://${daemon.socketPath}`;
  const kill = async () => {
    await Promise.all([daemon.stop('SIGKILL'), endProcesses(daemon.directory)]);
  };
  return { engine: engineClient({ DOCKER_HOST: host }), daemon, address, host, inside, kill, plug };
}

/** A node that was not heard of for about three of them is down. The default of 5 s makes that some 20 s. */
const heartbeatNs = 2e9;

async function form(first: SwarmNode, others: readonly SwarmNode[]): Promise<void> {
  await Promise.all([first, ...others].map(publishOnOwnAddress));
  await first.engine.swarmInit({
    ...{ ListenAddr: `${first.address}:2377`, AdvertiseAddr: first.address },
    Spec: { Dispatcher: { HeartbeatPeriod: heartbeatNs } },
  });
  const { JoinTokens } = await first.engine.swarmInspect();
  for (const { engine, address } of others)
    await engine.swarmJoin({
      ...{ ListenAddr: `${address}:2377`, AdvertiseAddr: address },
      ...{ RemoteAddrs: [`${first.address}:2377`], JoinToken: JoinTokens?.Manager },
    });
}

/** As the guide to several machines says: the bridge over which tasks publish is made before the swarm makes its own. */
async function publishOnOwnAddress({ engine, address }: SwarmNode): Promise<void> {
  await engine.createNetwork({
    ...{ Name: 'docker_gwbridge', Driver: 'bridge' },
    Options: {
      'com.docker.network.bridge.name': 'docker_gwbridge',
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.host_binding_ipv4': address,
    },
  });
}

/** A daemon of a swarm takes its time to say goodbye to the others; nobody needs it to. */
async function end(daemon: Daemon): Promise<void> {
  await daemon.stop('SIGKILL');
  await removeDaemon(daemon.directory);
}
