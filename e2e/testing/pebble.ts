import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeAuthority } from '@kova/edge/testing/authority';
import { freePort } from './free-port.ts';

/** Whether the ACME server of Let's Encrypt for tests is installed. */
export function hasPebble(): boolean {
  return spawnSync('pebble', ['-version']).error === undefined;
}

/** A local ACME authority that asks the given ports, and to which all names lead to this machine. */
export class Pebble {
  readonly #directory: string;
  readonly #processes: ChildProcess[] = [];
  readonly #said: string[] = [];
  readonly #serverPem: string;
  readonly #management: number;
  readonly port: number;
  readonly caFile: string;

  private constructor(directory: string, serverPem: string, ports: [number, number]) {
    this.#directory = directory;
    this.#serverPem = serverPem;
    [this.port, this.#management] = ports;
    this.caFile = join(directory, 'server-ca.pem');
  }

  /** Its files are there and its address is known; it is not running yet. */
  static async prepare(): Promise<Pebble> {
    const directory = mkdtempSync(join(tmpdir(), 'kova-pebble-'));
    const authority = await makeAuthority('Pebble itself');
    const pair = await authority.issue(['localhost']);
    const pebble = new Pebble(directory, authority.pem, [await freePort(), await freePort()]);
    writeFileSync(pebble.caFile, authority.pem);
    writeFileSync(join(directory, 'server.pem'), pair.chain);
    writeFileSync(join(directory, 'server.key'), pair.key);
    return pebble;
  }

  get url(): string {
    return `https://localhost:${this.port}/dir`;
  }

  async start({ httpPort, tlsPort }: { httpPort: number; tlsPort: number }): Promise<void> {
    const dns = await freePort();
    const config = {
      pebble: {
        ...{ listenAddress: `127.0.0.1:${this.port}`, managementListenAddress: `127.0.0.1:${this.#management}` },
        ...{ certificate: join(this.#directory, 'server.pem'), privateKey: join(this.#directory, 'server.key') },
        ...{ httpPort, tlsPort, ocspResponderURL: '', externalAccountBindingRequired: false },
      },
    };
    const file = join(this.#directory, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    const management = await freePort();
    const off = ['-http01=', '-https01=', '-tlsalpn01=', `-management=127.0.0.1:${management}`];
    const names = [`-dns01=127.0.0.1:${dns}`, '-defaultIPv4=127.0.0.1', '-defaultIPv6='];
    await this.#run('pebble-challtestsrv', [...off, ...names], /Starting management server/);
    await this.#run('pebble', ['-config', file, '-dnsserver', `127.0.0.1:${dns}`], /ACME directory available/);
  }

  /** How many certificates it has given. */
  issued(): number {
    return this.#said.filter((line) => /Issued certificate/i.test(line)).length;
  }

  /** What clients of its certificates trust; another one each time it starts. */
  async root(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const call = request({
      host: 'localhost',
      port: this.#management,
      path: '/roots/0',
      ca: this.#serverPem,
      agent: false,
    });
    call.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    });
    call.end();
    return promise;
  }

  async stop(): Promise<void> {
    for (const child of this.#processes.splice(0)) {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await exited;
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #run(program: string, args: string[], ready: RegExp): Promise<void> {
    // Every twentieth nonce is refused, as it is by default. It looks at once, and each time anew.
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#processes.push(child);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('exit', () => reject(new Error(`${program} ended: ${this.#said.slice(-20).join('\n')}`)));
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        this.#said.push(line);
        if (ready.test(line)) resolve();
      });
    }
    await promise;
  }
}
