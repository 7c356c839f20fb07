import { execFileSync } from 'node:child_process';
import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives tokens for a registry, as those of the large hosts do. */
export interface TokenAuthority {
  /** What a registry trusts: `auth.token` of its configuration. */
  trust: { realm: string; service: string; issuer: string; rootcertbundle: string };
  /** Scopes that tokens were asked for, the newest last. */
  asked: string[];
  close(): Promise<void>;
}

const service = 'kova-test-registry';
const issuer = 'kova-test-authority';

/** Serves tokens to that user alone, in plain HTTP on loopback. */
export async function openTokenAuthority(user: { username: string; password: string }): Promise<TokenAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-authority-'));
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=kova-test', '-days', '2'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const pem = await readFile(key, 'utf8');
  const chain = [new X509Certificate(await readFile(certificate)).raw.toString('base64')];
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected) return void response.writeHead(401).end();
    const scope = scopeOf(request);
    if (scope) asked.push(scope);
    response.end(JSON.stringify({ token: signed(pem, chain, { sub: user.username, access: accessOf(scope) }) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    trust: { realm: `http://127.0.0.1:${port}/token`, service, issuer, rootcertbundle: certificate },
    asked,
    async close() {
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}

function scopeOf({ url = '' }: IncomingMessage): string {
  return new URL(url, 'http://authority').searchParams.get('scope') ?? '';
}

function accessOf(scope: string): object[] {
  const [type, name, actions] = scope.split(':');
  return scope ? [{ type, name, actions: actions?.split(',') }] : [];
}

/** A JSON Web Token whose signer is in the chain ("Docker Registry v2 authentication", token specification). */
function signed(key: string, x5c: string[], claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, nbf: now - 60, exp: now + 300 };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const header = { typ: 'JWT', alg: 'RS256', x5c };
  const text = `${encode(header)}.${encode({ iss: issuer, aud: service, jti: randomUUID(), ...times, ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}
