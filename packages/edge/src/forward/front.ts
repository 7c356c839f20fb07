import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { serveAsset } from '../assets/serve.ts';
import { openByHeader } from '../route/idle-slot.ts';
import type { Pause } from '../route/pause.ts';
import { refuseUpgrade, Upgrade } from '../stream/upgrade.ts';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';
import type { Certificates } from '../tls/certificates.ts';
import type { Challenges } from '../tls/challenges.ts';
import { answer, type EdgeAnswer } from './answer.ts';
import type { ClientRequest, ClientResponse } from './client.ts';
import { Exchange } from './exchange.ts';
import { failureAnswers } from './failure.ts';
import { redirectToTls } from './redirect.ts';
import { RequestHead } from './request-head.ts';

const MAX_HEADER_BYTES = 32 * 1024;

/** Says no with the edge's own answer. */
type Refuse = (what: EdgeAnswer) => void;
/** Goes on to a slot; `fixed` when the request named it by header. */
type Go = (route: LiveRoute, fixed: LiveSlot | null) => void;

/** Decides where a request goes, or says no. */
export type Admit = (head: RequestHead, refuse: Refuse, go: Go) => void;

/** What decides whether users are let in. */
export interface FrontParts {
  table: RouteTable;
  certificates: Certificates;
  challenges: Challenges;
}

/** The server that users reach; not listening yet. */
export function createFront(parts: FrontParts): Server {
  return createEntrance(parts.table, (head, refuse, go) => admit(parts, head, refuse, go));
}

/** The same for requests that come by another version of HTTP. */
export function serveUsers(parts: FrontParts): (asked: Asked) => void {
  const sound = onlySound((head, refuse, go) => admit(parts, head, refuse, go));
  return (asked) => onRequest(parts.table, sound, asked);
}

/** A server for requests that `admit` lets in; not listening yet. */
export function createEntrance(table: RouteTable, admit: Admit): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 15_000,
    requestTimeout: 300_000,
    // Longer than usual load balancers keep theirs, so that they close first.
    keepAliveTimeout: 75_000,
    // Spares the stream of a body that is not there.
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  const sound = onlySound(admit);
  server.on('request', (request, response) => {
    // The edge is ending, and the connection with this answer.
    if (!server.listening) response.shouldKeepAlive = false;
    onRequest(table, sound, { request, response });
  });
  server.on('checkContinue', (request, response) => onRequest(table, sound, { request, response, awaits: true }));
  server.on('upgrade', (request, client, early) => onUpgrade(table, sound, { request, client, early }));
  return server;
}

function onlySound(admit: Admit): Admit {
  return (head, refuse, go) => {
    if (head.fault === null) admit(head, refuse, go);
    else refuse({ status: 400, message: `The request has ${head.fault}.` });
  };
}

export interface Asked {
  request: ClientRequest;
  response: ClientResponse;
  /** The client waits to be told to send its body. */
  awaits?: boolean;
}

function onRequest(table: RouteTable, admit: Admit, { request, response, awaits = false }: Asked): void {
  const head = new RequestHead(request);
  const refuse: Refuse = (what) => answer(request, response, head.requestId, what);
  admit(head, refuse, (route, fixed) => {
    const limit = route.route.limits.bodyBytes;
    if (limit > 0 && head.contentLength > limit) {
      refuse(failureAnswers['too-large']);
      return;
    }
    if (response.destroyed) return;
    const forward = () => {
      if (awaits) response.writeContinue();
      new Exchange(table, route, fixed, head, { request, response }).send();
    };
    const file = fixed === null ? assetFile(route, head) : undefined;
    if (file === undefined) forward();
    else void serveAsset(file, head.requestId, request, response).then((served) => served || forward());
  });
}

interface AskedToUpgrade {
  request: IncomingMessage;
  client: Duplex;
  early: Buffer;
}

function onUpgrade(table: RouteTable, admit: Admit, { request, client, early }: AskedToUpgrade): void {
  client.on('error', () => client.destroy());
  const head = new RequestHead(request);
  const refuse: Refuse = (what) => refuseUpgrade(client, head.requestId, what);
  admit(head, refuse, (route, fixed) => new Upgrade(table, route, fixed, head, { client, early }).send());
}

/** What a user's request must pass: a known host, the token if it names a slot, TLS where it must be, no pause. */
function admit({ table, certificates, challenges }: FrontParts, head: RequestHead, refuse: Refuse, go: Go): void {
  const proof = challenges.proofFor(head.target);
  if (proof !== undefined) {
    refuse({ status: 200, message: proof, verbatim: true });
    return;
  }
  const route = table.match(head.host);
  if (!route && table.all().length === 0) {
    refuse({ status: 503, message: 'This edge has no routes yet.', retryAfterSeconds: 1 });
    return;
  }
  if (!route) {
    refuse({ status: 404, message: `No site is served for the host ${printable(head.host)}.` });
    return;
  }
  if (head.slotName !== null) {
    admitByHeader(route, head, head.slotName, refuse, go);
    return;
  }
  const redirect = redirectToTls(route, head, certificates);
  if (redirect) {
    refuse(redirect);
    return;
  }
  const pause = table.pauseOf(route.route.id);
  if (pause) hold(pause, table, route, head, refuse, go);
  else go(route, null);
}

function admitByHeader(route: LiveRoute, head: RequestHead, slot: string, refuse: Refuse, go: Go): void {
  const opened = openByHeader(route, slot, head.slotToken);
  if ('slot' in opened) go(route, opened.slot);
  else if (opened.refused === 'token') refuse({ status: 403, message: 'x-kova-token does not open this slot.' });
  else refuse({ status: 404, message: `This site has no slot ${printable(slot)} at the moment.` });
}

function hold(pause: Pause, table: RouteTable, route: LiveRoute, head: RequestHead, refuse: Refuse, go: Go): void {
  const busy = { status: 503, message: 'The site is paused for a moment.', retryAfterSeconds: 5 };
  const held = pause.hold((outcome) =>
    outcome === 'resumed' ? go(table.match(head.host) ?? route, null) : refuse(busy),
  );
  if (!held) refuse(busy);
}

function assetFile(route: LiveRoute, head: RequestHead): string | undefined {
  if (route.assets === null || (head.method !== 'GET' && head.method !== 'HEAD')) return undefined;
  return route.assets.find(head.target);
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
