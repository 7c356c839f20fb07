/** Headers that the edge reads, rewrites or drops; all others pass as they came. */
export type HeaderKind =
  | 'pass'
  | 'hop'
  | 'host'
  | 'authority'
  | 'connection'
  | 'content-length'
  | 'transfer-encoding'
  | 'accept'
  | 'cookie'
  | 'x-request-id'
  | 'x-forwarded-for'
  | 'x-forwarded-host'
  | 'x-forwarded-proto'
  | 'x-kova-slot'
  | 'x-kova-token';

const hopByHop = [
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
];
const own = [
  'accept',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'cookie',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-kova-slot',
  'x-kova-token',
] as const satisfies HeaderKind[];
/** Named only so that their usual spellings need no lower-casing. */
const common = [
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-type',
  'date',
  'etag',
  'if-none-match',
  'last-modified',
  'origin',
  'referer',
  'server',
  'set-cookie',
  'user-agent',
  'vary',
];

const kinds = new Map<string, HeaderKind>();
for (const name of common) addSpellings(name, 'pass');
for (const name of hopByHop) addSpellings(name, 'hop');
for (const name of own) addSpellings(name, name);
// What HTTP/2 says before its headers (RFC 9113, 8.3.1).
for (const name of [':method', ':path', ':scheme']) kinds.set(name, 'hop');
kinds.set(':authority', 'authority');

export function headerKind(name: string): HeaderKind {
  return kinds.get(name) ?? kinds.get(name.toLowerCase()) ?? 'pass';
}

function addSpellings(name: string, kind: HeaderKind): void {
  kinds.set(name, kind);
  kinds.set(
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    kind,
  );
}
