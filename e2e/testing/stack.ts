import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DeploymentView, ShipView, StatusView } from '@kova/control/api';
import { type TestDatabase, testDatabase } from '@kova/control/testing/postgres';
import { pusher } from '@kova/control/testing/registry';
import type { SwarmNode, TestSwarm } from '@kova/control/testing/swarm';
import type { Secret } from '@kova/core/secret';
import { type AppVersion, commitVersion } from './app.ts';
import { type Door, openDoor } from './door.ts';
import { type BuiltKova, tagImage } from './kova-image.ts';
import { hostOf, inImages, onEachMachine, passwordName } from './swarm-app.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const ports = { edge: 8080, tls: 8443 };

/** `deploy/stack.yaml` on a swarm of tests, with a PostgreSQL beside it, as the guide to several machines says. */
export class TestStack {
  readonly #swarm: TestSwarm;
  /** The home on each machine, by the same path there; here it lies apart for each. */
  readonly #places = mkdtempSync(join(tmpdir(), 'kova-stack-'));
  readonly #home = '/var/lib/kova-stack-test';
  #database: TestDatabase | null = null;
  #door: Door | null = null;

  constructor(swarm: TestSwarm) {
    this.#swarm = swarm;
  }

  /** The swarm's first image is `nodeBase`. */
  async start(kova: BuiltKova): Promise<void> {
    const [first] = this.#swarm.nodes;
    chmodSync(this.#places, 0o711);
    mkdirSync(this.#home, { recursive: true });
    for (const [index, node] of this.#swarm.nodes.entries()) await this.#bindHome(node, index);
    const database = await testDatabase();
    this.#database = database;
    this.#door = await openDoor(database.url.reveal(), hostOf(this.#swarm));
    const owner = this.#throughDoor(database.url);
    const ofEdges = this.#throughDoor(await database.asEdge());
    for (const [name, value] of [
      ['kova-store-password', owner.password],
      ['kova-edge-store-password', ofEdges.password],
      ['kova-edge-key', 'a key of the edges that nobody guesses'],
    ] as const) {
      await first.engine.createSecret({ Name: name, Data: Buffer.from(value).toString('base64') });
    }
    const { stdout: id } = await this.#docker('info', '--format', '{{.Swarm.NodeID}}');
    await this.#docker('node', 'update', '--label-add', 'kova.control=true', id.trim());
    await kova.load(this.#engines, this.#imageOf('one'));
    await this.#deploy(owner.url, ofEdges.url);
  }

  async #deploy(store: string, storeOfEdges: string): Promise<void> {
    // The machines of tests have no bridge for the steps of a build.
    const control = { environment: { KOVA_BUILD_NETWORK: 'host' } };
    const own = join(this.#places, 'own.json');
    writeFileSync(own, JSON.stringify({ version: '3.8', services: { control } }));
    await this.#logIn();
    await this.#docker(
      'stack',
      'deploy',
      '--with-registry-auth',
      '--resolve-image=never',
      '-c',
      join(root, 'deploy/stack.yaml'),
      '-c',
      own,
      'kova',
      {
        KOVA_IMAGE: this.#imageOf('one'),
        KOVA_HOME: this.#home,
        KOVA_DATABASE_URL: store,
        KOVA_EDGE_DATABASE_URL: storeOfEdges,
        KOVA_EDGE_LISTEN: `0.0.0.0:${ports.edge}`,
        KOVA_EDGE_TLS_LISTEN: `0.0.0.0:${ports.tls}`,
        KOVA_DOCKER_SOCKET: this.#swarm.nodes[0].daemon.socketPath,
        KOVA_DOCKER_IMAGE: this.#swarm.images[0],
      },
    );
  }

  get #engines(): SwarmNode['engine'][] {
    return this.#swarm.nodes.map(({ engine }) => engine);
  }

  /** Where users reach the edge of a machine. */
  origin({ address }: SwarmNode): string {
    return `http://${address}:${ports.edge}`;
  }

  /** The command, in the container of the control plane. */
  async kova(...args: string[]): Promise<string> {
    const { stdout: container } = await this.#docker('ps', '-q', '--filter', 'name=kova_control');
    return (await this.#docker('exec', '-w', this.#home, container.trim(), 'kova', ...args)).stdout;
  }

  async status(): Promise<StatusView> {
    return JSON.parse(await this.kova('status', '--json'));
  }

  /** Has a container of the service made anew on each machine that it is on, as an upgrade does. */
  async replace(service: 'control' | 'edge' | 'follower'): Promise<void> {
    await this.#docker('service', 'update', '--force', '--detach=false', `kova_${service}`);
  }

  /** Brings another version of Kova to the edges, one machine after the other; quicker than the stack says. */
  async upgradeEdges(version: string): Promise<void> {
    for (const engine of this.#engines) await tagImage(engine, this.#imageOf('one'), this.#imageOf(version));
    const options = ['--update-delay', '1s', '--no-resolve-image', '--detach=false'];
    await this.#docker('service', 'update', '--image', this.#imageOf(version), ...options, 'kova_edge');
  }

  /** Ships a version to each machine, in an image that its pipeline pushes; its deployment has ended. */
  async deployed(version: AppVersion): Promise<DeploymentView> {
    const machines = this.#swarm.nodes.length;
    commitVersion(join(this.#places, '0/app'), { ...onEachMachine(machines), more: inImages(this.#swarm), ...version });
    writeFileSync(join(this.#places, '0/password'), pusher.password, { mode: 0o600 });
    const secret = ['--from-file', join(this.#home, 'password'), '--project', 'shop'];
    await this.kova('secrets', 'set', passwordName, ...secret);
    const ship: ShipView = JSON.parse(await this.kova('ship', '--dir', join(this.#home, 'app'), '--json'));
    const [deployment] = ship.deployments;
    if (!deployment) throw new Error(`nothing was deployed: ${ship.error?.message}`);
    return deployment;
  }

  /** After the swarm. */
  async close(): Promise<void> {
    this.#door?.close();
    await this.#database?.drop();
    rmSync(this.#home, { recursive: true, force: true });
    rmSync(this.#places, { recursive: true, force: true });
  }

  async logs(service: string): Promise<string> {
    return (await this.#docker('service', 'logs', '--raw', '--tail', '30', `kova_${service}`)).stdout;
  }

  async #bindHome({ daemon }: SwarmNode, index: number): Promise<void> {
    const place = join(this.#places, String(index));
    mkdirSync(place, { mode: 0o711 });
    const pid = readFileSync(join(daemon.directory, 'pid'), 'utf8').trim();
    await run('nsenter', ['--target', pid, '--mount', 'mount', '--bind', place, this.#home]);
  }

  /** The address of the store without the password, and the password. */
  #throughDoor(user: Secret): { url: string; password: string } {
    const url = (this.#door as Door).through(user.reveal());
    const password = decodeURIComponent(url.password);
    url.password = '';
    return { url: url.href, password };
  }

  /** The other machines pull Kova's image with what is handed over to them. */
  async #logIn(): Promise<void> {
    const { username, password } = pusher;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const file = join(this.#places, '.docker/config.json');
    mkdirSync(join(file, '..'), { mode: 0o700 });
    writeFileSync(file, JSON.stringify({ auths: { [this.#swarm.registry.address]: { auth } } }), { mode: 0o600 });
  }

  /** By a name of the registry, which does not have it: each machine takes its own at once, as if it had been pulled. */
  #imageOf(version: string): string {
    return `${this.#swarm.registry.address}/kova:${version}`;
  }

  #docker(...words: (string | NodeJS.ProcessEnv)[]): Promise<{ stdout: string; stderr: string }> {
    const args = words.filter((word) => typeof word === 'string');
    const more = words.find((word) => typeof word !== 'string');
    const env = { PATH: process.env.PATH, HOME: this.#places, DOCKER_HOST: this.#swarm.nodes[0].host, ...more };
    return run('docker', args, { env, maxBuffer: 1 << 26 });
  }
}
