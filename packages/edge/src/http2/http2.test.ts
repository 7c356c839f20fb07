import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type Authority, makeAuthority } from '../testing/authority.ts';
import {
  cleanUp,
  eventually,
  host,
  onCleanUp,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestEdge,
} from '../testing/harness.ts';
import { startRawApp } from '../testing/raw-app.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});
afterEach(cleanUp);

interface H2Reply {
  status: number;
  headers: IncomingHttpHeaders;
  trailers: IncomingHttpHeaders;
  body: string;
}

async function startShop(
  ...apps: Parameters<typeof slotOf>[2][]
): Promise<{ edge: TestEdge; client: ClientHttp2Session }> {
  const edge = await startTestEdge(undefined, ['127.0.0.1:0']);
  const [app = await startApp('rel_1')] = apps;
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
  await edge.admin.putCertificate(routeId, await authority.issue([host]));
  return { edge, client: connectTo(edge) };
}

function connectTo(edge: TestEdge): ClientHttp2Session {
  const client = connect(`https://127.0.0.1:${edge.tlsPort}`, { ca: authority.pem, servername: host });
  client.on('error', () => {});
  onCleanUp(async () => client.destroy());
  return client;
}

function ask(
  client: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<H2Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<H2Reply>();
  const stream = client.request({ ':path': path, ':authority': host, ...headers }, { endStream: body === undefined });
  const reply: H2Reply = { status: 0, headers: {}, trailers: {}, body: '' };
  stream.on('response', (got) => Object.assign(reply, { status: got[':status'], headers: got }));
  stream.on('trailers', (trailers) => Object.assign(reply, { trailers }));
  stream.setEncoding('utf8').on('data', (text: string) => {
    reply.body += text;
  });
  stream
    .on('error', reject)
    .on('close', () => (stream.rstCode === 0 ? resolve(reply) : reject(new Error(`reset ${stream.rstCode}`))));
  if (body !== undefined) stream.end(body);
  return promise;
}

const post = { ':method': 'POST' };

test('requests become HTTP/1.1 ones: host, cookies and bodies, with and without their length', async () => {
  const { client } = await startShop();
  const many = await Promise.all(Array.from({ length: 50 }, () => ask(client, '/')));
  expect(many.every(({ status, body }) => status === 200 && body.startsWith('rel_1 '))).toBe(true);
  const { headers, body } = await ask(client, '/echo?a=b', { cookie: ['a=1', 'b=2'], te: 'trailers' });
  expect(headers).toMatchObject({ ':status': 200, 'x-kova-release': 'rel_1' });
  const echoed = JSON.parse(body);
  expect(echoed).toMatchObject({ method: 'GET', url: '/echo?a=b', bytes: 0 });
  expect(echoed.headers).toMatchObject({
    host,
    cookie: 'a=1; b=2',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': host,
  });
  expect(Object.keys(echoed.headers).filter((name) => name.startsWith(':') || name === 'te')).toEqual([]);
  expect(JSON.parse((await ask(client, '/echo', post, 'x'.repeat(300_000))).body)).toMatchObject({
    method: 'POST',
    bytes: 300_000,
  });
  const sized = await ask(client, '/echo', { ...post, 'content-length': 5 }, 'hello');
  expect(JSON.parse(sized.body)).toMatchObject({ bytes: 5, headers: { 'content-length': '5' } });
});

test('HEAD, 204, the edge’s own answers, and more than one cookie', async () => {
  const { client } = await startShop();
  expect(await ask(client, '/', { ':method': 'HEAD' })).toMatchObject({ status: 200, body: '' });
  expect(await ask(client, '/status?code=204')).toMatchObject({ status: 204, body: '' });
  expect(await ask(client, '/', { ':authority': 'unknown.test' })).toMatchObject({ status: 404 });
  expect(await ask(client, '/', { ':authority': 'unknown.test', ':method': 'HEAD' })).toMatchObject({
    status: 404,
    body: '',
  });
  expect(await ask(client, '/', { host: 'other.test' })).toMatchObject({ status: 400 });
  expect(await ask(client, '/echo', post, Buffer.alloc(1_100_000))).toMatchObject({ status: 413 });
  expect(await ask(client, '/', { 'x-kova-slot': 'green', 'x-kova-token': 'no' })).toMatchObject({ status: 403 });
});

test('an answer that breaks off is not taken for a whole one, with or without its length said', async () => {
  const { client } = await startShop();
  await expect(ask(client, '/half')).rejects.toThrow(/NGHTTP2_(PROTOCOL|INTERNAL)_ERROR/);
  expect(await ask(client, '/')).toMatchObject({ status: 200 });
  const app = await startRawApp(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n');
    setTimeout(() => socket.destroy(), 50);
  });
  const { client: other } = await startShop(app);
  await expect(ask(other, '/')).rejects.toThrow(/NGHTTP2_INTERNAL_ERROR/);
});

test('interim answers, trailers, repeated headers and connection headers', async () => {
  const app = await startRawApp(({ socket }) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n');
    socket.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nX-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\n',
    );
    socket.write('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nKeep-Alive: timeout=5\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n');
  });
  const { client } = await startShop(app);
  const hints: IncomingHttpHeaders[] = [];
  client.once('stream', () => {});
  const stream = client.request({ ':authority': host, ':path': '/' });
  stream.on('headers', (headers) => hints.push(headers));
  const reply = await new Promise<H2Reply>((resolve, reject) => {
    const got: H2Reply = { status: 0, headers: {}, trailers: {}, body: '' };
    stream
      .on('response', (headers) => {
        got.headers = headers;
      })
      .on('trailers', (trailers) => {
        got.trailers = trailers;
      });
    stream
      .on('data', (chunk) => {
        got.body += chunk;
      })
      .on('error', reject)
      .on('close', () => resolve(got));
  });
  expect(hints).toMatchObject([{ ':status': 103, link: '</a.css>' }]);
  expect(reply).toMatchObject({ body: 'hi', trailers: { 'x-sum': '7' } });
  expect(reply.headers).toMatchObject({ 'x-content-type-options': 'nosniff, nosniff', 'set-cookie': ['a=1', 'b=2'] });
  expect(reply.headers['keep-alive']).toBeUndefined();
});

test('a large answer waits for a slow reader, and a cancelled one ends at the app', async () => {
  const { edge, client } = await startShop();
  const slow = client.request({ ':authority': host, ':path': '/large' });
  slow.pause();
  await new Promise((resolve) => slow.once('response', resolve));
  let bytes = 0;
  for await (const chunk of slow) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(160 * 64 * 1024);

  const inFlight = async () => /kova_edge_in_flight\{[^}]*\} (\d+)/.exec(await edge.admin.metrics())?.[1];
  const hanging = client.request({ ':authority': host, ':path': '/hang' });
  hanging.on('error', () => {});
  await eventually(inFlight).toBe('1');
  hanging.close(constants.NGHTTP2_CANCEL);
  await eventually(inFlight).toBe('0');
  expect(await ask(client, '/')).toMatchObject({ status: 200 });
});

test('an upload that is cancelled in the middle does not reach the app as a whole one', async () => {
  const ends: string[] = [];
  const app = await startRawApp((request) => {
    request.socket.on('close', () => ends.push(request.text));
  });
  const { client } = await startShop(app);
  // Node's client would else say that the body is whole before it resets the stream.
  const upload = client.request({ ':authority': host, ':path': '/up', ...post }, { waitForTrailers: true });
  upload.on('error', () => {});
  upload.write('half of it');
  await eventually(() => app.requests[0]?.text).toContain('half of it');
  upload.close(constants.NGHTTP2_CANCEL);
  await eventually(() => ends.length).toBe(1);
  expect(ends[0]).not.toContain('\r\n0\r\n');
});

test('event streams pass at once, and end between two events when their slot drains', async () => {
  const { edge, client } = await startShop();
  const events = client.request({ ':authority': host, ':path': '/events', accept: 'text/event-stream' });
  let text = '';
  events.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await eventually(() => text.split('\n\n').length).toBeGreaterThan(3);
  const ended = new Promise((resolve) => events.once('close', () => resolve(events.rstCode)));
  const green = await startApp('rel_2');
  await edge.admin.putRoute(routeOf(2, [slotOf('green', 100, green)]));
  await edge.admin.drain('shop/production/blue', { spreadMs: 100, timeoutMs: 10_000 });
  expect(await ended).toBe(0);
  expect(text.endsWith('\n\n')).toBe(true);
  expect((await ask(client, '/')).body).toMatch(/^rel_2 /);
});

test('a switch under load loses no request, and a tunnel is refused', async () => {
  const { edge, client } = await startShop();
  const apps = [await startApp('rel_a'), await startApp('rel_b')];
  const failures: unknown[] = [];
  let [running, sent] = [true, 0];
  const user = async () => {
    while (running) {
      sent++;
      await ask(client, '/').then(
        ({ status }) => status === 200 || failures.push(status),
        (error) => failures.push(error),
      );
    }
  };
  const load = Array.from({ length: 8 }, user);
  for (let version = 2; version < 30; version++) {
    const app = apps[version % 2] as (typeof apps)[number];
    await edge.admin.putRoute(routeOf(version, [slotOf(version % 2 ? 'blue' : 'green', 100, app)]));
  }
  running = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(50);
  const tunnel = client.request({ ':method': 'CONNECT', ':authority': 'x.test:25' });
  const status = await new Promise((resolve) => tunnel.once('response', (headers) => resolve(headers[':status'])));
  expect(status).toBe(405);
});

test('what is in flight ends before the edge does', async () => {
  const { edge, client } = await startShop();
  const slow = ask(client, '/slow?ms=700');
  const events = ask(client, '/');
  await events;
  const stopped = edge.admin.stop(10_000);
  expect(await slow).toMatchObject({ status: 200, body: 'rel_1' });
  await stopped;
  await eventually(() => client.closed).toBe(true);
});
