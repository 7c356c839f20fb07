import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Resource, resources } from './resources.ts';
import { notFound } from './status.ts';

/** A request to the API, taken apart. */
export interface ApiRequest {
  method: string;
  query: URLSearchParams;
  /** `v1` or `apps/v1`. */
  groupVersion: string;
  /** Null asks for the kinds of the group. */
  resource: Resource | null;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  body: Record<string, unknown>;
  contentType: string;
}

/** `/api/v1/…` or `/apis/group/version/…`: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export async function parseRequest(request: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(request.url ?? '/', 'http://api');
  const path = url.pathname.split('/').filter((part) => part !== '');
  const groupVersion = path[0] === 'api' ? path[1] : path.slice(1, 3).join('/');
  let rest = path.slice(path[0] === 'api' ? 2 : 3);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 2) [, namespace, ...rest] = rest;
  const [plural, name, subresource] = rest;
  const resource = resources.find((each) => each.plural === plural && each.groupVersion === groupVersion) ?? null;
  if (plural !== undefined && !resource)
    throw notFound(`the server could not find the requested resource ${url.pathname}`);
  const hasBody =
    ['POST', 'PATCH', 'PUT', 'DELETE'].includes(request.method ?? '') && request.headers['content-length'] !== '0';
  return {
    ...{ method: request.method ?? 'GET', query: url.searchParams, groupVersion: groupVersion ?? '', resource },
    ...{ namespace, name, subresource, contentType: request.headers['content-type'] ?? '' },
    body: hasBody ? ((await json(request).catch(() => ({}))) as Record<string, unknown>) : {},
  };
}
