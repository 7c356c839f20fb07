import type { OutgoingHttpHeaders } from 'node:http2';

/** What HTTP/2 has no connection headers for (RFC 9113, 8.2.2). */
const ofConnections = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** Of flat headers (name, value, name, value): those that are given more than once are joined, but for cookies. */
export function toHttp2Headers(flat: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    addHeader(headers, (flat[index] as string).toLowerCase(), flat[index + 1] as string);
  }
  return headers;
}

function addHeader(headers: Record<string, string | string[]>, name: string, value: string): void {
  const before = headers[name];
  if (ofConnections.has(name)) return;
  if (name === 'set-cookie') headers[name] = [...(before ?? []), value];
  else headers[name] = before === undefined ? value : `${before}, ${value}`;
}
