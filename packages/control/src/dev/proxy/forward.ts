import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

const host = '127.0.0.1';

/** What belongs to one connection, not to the message: RFC 9110, section 7.6.1. */
const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);

/** Gives a request to the app and its answer back; an app that does not answer is said to be away. */
export function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const asking = request({ host, port, method: incoming.method, path: incoming.url, headers: headersFor(incoming) });
  asking.once('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.rawHeaders));
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  asking.once('error', (error: NodeJS.ErrnoException) => {
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(502, { 'content-type': 'text/html; charset=utf-8', 'retry-after': '1' });
    outgoing.end(away(error.code ?? error.message));
  });
  outgoing.once('close', () => asking.destroy());
  incoming.pipe(asking);
}

/** Joins a connection that becomes something else, such as a WebSocket, with one to the app. */
export function forwardUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const app = connect({ host, port });
  app.once('connect', () => {
    const fields = Object.entries({
      ...headersFor(incoming),
      connection: 'Upgrade',
      upgrade: incoming.headers.upgrade,
    });
    const lines = fields.flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${each}`));
    app.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    app.write(head);
    app.pipe(socket).pipe(app);
  });
  for (const [one, other] of [
    [app, socket],
    [socket, app],
  ] as const) {
    one.once('error', () => other.destroy());
    one.once('close', () => other.destroy());
  }
}

function headersFor({ headers, socket }: IncomingMessage): Record<string, string | string[] | undefined> {
  const kept = Object.entries(headers).filter(([name]) => !ofConnection.has(name));
  return {
    ...Object.fromEntries(kept),
    'x-forwarded-for': socket.remoteAddress,
    'x-forwarded-host': headers.host,
    'x-forwarded-proto': 'https',
  };
}

function withoutHops(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (!ofConnection.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function away(why: string): string {
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>The app does not answer</title>
<p>The app does not answer (${why}). What it printed is in the terminal of <code>kova dev</code>; this page tries again every second.</p>
`;
}
