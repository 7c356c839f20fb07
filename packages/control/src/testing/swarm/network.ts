import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isAlive } from '../abandoned.ts';

const run = promisify(execFile);
const ip = (...argv: string[]) => run('ip', argv);

/** A machine as far as its network goes: a namespace on the bridge, with an address that this machine reaches. */
export interface Machine {
  address: string;
  /** The command under which a program becomes one of that machine, with a host name and mounts of its own. */
  under: readonly string[];
  /** Runs a command on its network. */
  inside(...argv: string[]): Promise<void>;
  /** Takes its cable out, or puts it in again. */
  plug(isIn: boolean): Promise<void>;
}

export interface MachineNetwork {
  /** Of this machine, as the others see it. */
  host: string;
  machines: readonly Machine[];
  remove(): Promise<void>;
}

const prefix = 'kv-';
const becomeHost = 'hostname "$0"; exec "$@"';

/** `count` machines on a network of their own; needs root. Call `remove` at the end, when nothing runs on them. */
export async function layNetwork(count: number): Promise<MachineNetwork> {
  await removeAbandoned();
  const random = (below: number) => Math.floor(Math.random() * below);
  const name = `${prefix}${process.pid.toString(36)}-${random(36 * 36).toString(36)}`;
  const subnet = `10.${64 + random(60)}.${random(256)}`;
  const host = `${subnet}.254`;
  await ip('link', 'add', name, 'type', 'bridge');
  await ip('addr', 'add', `${host}/24`, 'dev', name);
  await ip('link', 'set', name, 'up');
  const machines: Machine[] = [];
  for (let number = 1; number <= count; number += 1)
    machines.push(await addMachine(name, number, `${subnet}.${number}`, host));
  return { host, machines, remove: () => removeNetwork(name) };
}

async function addMachine(bridge: string, number: number, address: string, host: string): Promise<Machine> {
  const name = `${bridge}-${number}`;
  const enter = ['nsenter', `--net=/run/netns/${name}`];
  const inside = (...argv: string[]) => run(enter[0] ?? '', [...enter.slice(1), ...argv]);
  await ip('netns', 'add', name);
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  await ip('link', 'set', name, 'master', bridge, 'up');
  await inside('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
  for (const device of ['lo', 'eth0']) await inside('ip', 'link', 'set', device, 'up');
  await inside('ip', 'route', 'add', 'default', 'via', host);
  return {
    address,
    under: [...enter, 'unshare', '--mount', '--uts', 'sh', '-c', becomeHost, `node-${number}`],
    inside: async (...argv) => void (await inside(...argv)),
    plug: async (isIn) => void (await ip('link', 'set', name, isIn ? 'up' : 'down')),
  };
}

async function removeNetwork(bridge: string): Promise<void> {
  const isOfIt = (name: string) => name.startsWith(`${bridge}-`);
  for (const name of (await readdir('/sys/class/net')).filter(isOfIt)) await ip('link', 'delete', name);
  for (const name of (await readdir('/run/netns')).filter(isOfIt)) await ip('netns', 'delete', name);
  await ip('link', 'delete', bridge);
}

/** What test runs that were killed have left behind. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir('/sys/class/net')) {
    const [, pid] = /^kv-([0-9a-z]+)-[0-9a-z]+$/.exec(name) ?? [];
    if (pid && !isAlive(Number.parseInt(pid, 36))) await removeNetwork(name);
  }
}
