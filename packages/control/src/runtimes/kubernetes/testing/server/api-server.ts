import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyFields, type Managers } from './apply.ts';
import { type DeleteOptions, deleteObject } from './deletion.ts';
import type { Stored } from './object.ts';
import { type ApiRequest, parseRequest } from './request.ts';
import { discovery, type Resource } from './resources.ts';
import { selectorOf } from './selectors.ts';
import { invalid, Refusal } from './status.ts';
import type { Draft, Store } from './store.ts';
import { Watchers } from './watchers.ts';

/** Answers `GET …/pods/<name>/log`. */
export type LogAnswer = (pod: Stored, query: URLSearchParams, response: ServerResponse) => void;

export interface ApiServer {
  url: string;
  watchers: Watchers;
  /** All requests so far: `GET /api/v1/…`. */
  requests: string[];
  /** As when it is down: connections are cut without an answer. */
  refuse(refused: boolean): void;
  close(): Promise<void>;
}

interface Surroundings {
  store: Store;
  watchers: Watchers;
  managers: Map<string, Managers>;
  log: LogAnswer;
}

/**
 * The part of the Kubernetes API that the runtime uses, by the documented conventions. It stands in for an API server,
 * which cannot run in tests here; it is no proof that a real one behaves so.
 */
export async function startApiServer(store: Store, token: string, log: LogAnswer): Promise<ApiServer> {
  const watchers = new Watchers(store);
  const around = { store, watchers, managers: new Map<string, Managers>(), log };
  const requests: string[] = [];
  let refused = false;
  const server = createServer((request, response) => {
    if (refused) {
      request.destroy();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== `Bearer ${token}`) {
      answer(response, 401, new Refusal(401, 'Unauthorized', 'Unauthorized').status);
      return;
    }
    parseRequest(request)
      .then((parsed) => serve(around, parsed, response))
      .catch((error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
        answer(response, refusal.code, refusal.status);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watchers,
    requests,
    refuse: (wanted) => {
      refused = wanted;
      if (refused) server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(around: Surroundings, request: ApiRequest, response: ServerResponse): void {
  const body = bodyFor(around, request, response);
  if (body) answer(response, 200, body);
}

/** Null when the answer is a stream, which has begun. */
function bodyFor(around: Surroundings, request: ApiRequest, response: ServerResponse): object | null {
  const { resource, namespace, name, method, query } = request;
  if (!resource) return discovery(request.groupVersion);
  if (name === undefined) return collectionFor(around, request, resource, response);
  const { store } = around;
  if (method === 'PATCH') return applied(around, request, resource);
  const object = store.get(resource.kind, namespace, name);
  if (method === 'DELETE') return deleteObject(store, object, request.body as DeleteOptions);
  if (method !== 'GET') throw new Refusal(405, 'MethodNotAllowed', `the stand-in knows no ${method}`);
  if (request.subresource !== 'log') return object;
  around.log(object, query, response);
  return null;
}

function collectionFor(
  { store, watchers }: Surroundings,
  request: ApiRequest,
  { kind, groupVersion }: Resource,
  response: ServerResponse,
): object | null {
  const { query, namespace, method } = request;
  const selector = selectorOf(query.get('labelSelector'), query.get('fieldSelector'));
  if (query.get('watch') === 'true') {
    const version = Number(query.get('resourceVersion') ?? store.version);
    const bookmarks = query.get('allowWatchBookmarks') === 'true';
    watchers.open(response, { kind, namespace, selector, version, bookmarks });
    return null;
  }
  const items = store.list(kind, namespace).filter(selector);
  if (method === 'DELETE') for (const item of items) deleteObject(store, item, request.body as DeleteOptions);
  const metadata = { resourceVersion: String(store.version) };
  return { kind: `${kind}List`, apiVersion: groupVersion, metadata, items };
}

function applied({ store, managers }: Surroundings, request: ApiRequest, { kind }: Resource): Stored {
  const { query, namespace, name = '', body, contentType } = request;
  if (!contentType.startsWith('application/apply-patch+yaml'))
    throw new Refusal(415, 'UnsupportedMediaType', `the stand-in knows no patch of type ${contentType}`);
  const manager = query.get('fieldManager');
  if (!manager) throw new Refusal(400, 'BadRequest', 'fieldManager is required for apply patch');
  const live = store.find(kind, namespace, name);
  const { uid, ...metadata } = (body.metadata ?? {}) as { uid?: string };
  if (uid !== undefined && uid !== live?.metadata.uid)
    throw new Refusal(
      409,
      'Conflict',
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live?.metadata.uid ?? ''}`,
    );
  const given = { ...body, metadata };
  refuseImageless(given);
  const owned: Managers = live ? (managers.get(live.metadata.uid) ?? new Map()) : new Map();
  const merged = applyFields(live ?? {}, given, owned, manager, query.get('force') === 'true');
  const stored = live ? store.update(merged as Stored) : store.create(merged as Draft);
  managers.set(stored.metadata.uid, owned);
  return stored;
}

/** One of the rules that no schema has. */
function refuseImageless(object: Record<string, unknown>): void {
  const { template } = (object as { spec?: { template?: Stored } }).spec ?? {};
  for (const [index, { image }] of ((template?.spec?.containers ?? []) as { image?: string }[]).entries()) {
    if (!image) throw invalid(`spec.template.spec.containers[${index}].image: Required value`);
  }
}

function answer(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
