import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { s3From } from './s3.ts';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** As https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html says, from what came over the wire. */
function signatureOf({ method, url = '', headers }: IncomingMessage, signed: string, scope: string): string {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const query = [...searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort();
  const lines = signed.split(';').map((name) => `${name}:${headers[name]}\n`);
  const payload = headers['x-amz-content-sha256'];
  const canonical = [method, pathname, query.join('&'), lines.join(''), signed, payload].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  return hmac(scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`), text).toString('hex');
}

// The server of the other tests does not verify signatures.
test('requests are signed, and say the length and the digest of what they carry, as S3 wants it', async () => {
  const seen: Array<{ request: IncomingMessage; body: Buffer }> = [];
  const server = createServer(async (request, response) => {
    seen.push({ request, body: await buffer(request) });
    response.writeHead(request.method === 'GET' && request.url?.includes('?') ? 200 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const directory = await mkdtemp(join(tmpdir(), 'kova-s3-'));
  onTestFinished(async () => {
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const objects = s3From('s3://results/a team/one', {
    ...{ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: secretKey, AWS_SESSION_TOKEN: 'session' },
    ...{ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
  });
  const file = join(directory, 'file');
  await writeFile(file, 'x'.repeat(200_000));
  await objects.put('key.tar.zst', file, sha256('x'.repeat(200_000)));
  await objects.get('key.tar.zst', file);
  await objects.has('key.tar.zst');
  await Array.fromAsync(objects.list());
  await objects.remove('key.tar.zst');
  expect(seen.map(({ request }) => request.method)).toEqual(['PUT', 'GET', 'HEAD', 'GET', 'DELETE']);
  expect(seen[0]!.request.url).toBe('/results/a%20team/one/key.tar.zst');
  for (const { request, body } of seen) {
    const authorization = request.headers.authorization ?? '';
    const [, scope = '', signed = '', signature] =
      /^AWS4-HMAC-SHA256 Credential=AKID\/(.*), SignedHeaders=(.*), Signature=(.*)$/.exec(authorization) ?? [];
    expect(scope).toMatch(/^\d{8}\/eu-central-1\/s3\/aws4_request$/);
    expect(signed.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token']));
    expect(signature).toBe(signatureOf(request, signed, scope));
    if (request.method !== 'PUT') continue;
    expect(request.headers['x-amz-content-sha256']).toBe(sha256(body));
    expect(request.headers['content-length']).toBe('200000');
  }
});
