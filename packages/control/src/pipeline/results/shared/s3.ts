import { createWriteStream, openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { AwsClient } from 'aws4fetch';
import type { ListedObject, ObjectStore } from './objects.ts';

const answerMs = 10_000;
const transferMs = 300_000;
const digestHeader = 'x-amz-meta-sha256';

/**
 * A bucket that `s3://bucket/prefix` names, with the variables that every S3 tool has: AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL. @throws KovaError INPUT_INVALID
 */
export function s3From(place: string, env: NodeJS.ProcessEnv): ObjectStore {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (!bucket) throw invalid(`KOVA_RESULTS is ${place}`, 'Write it as s3://bucket/prefix.');
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw invalid('KOVA_RESULTS names a bucket', 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too.');
  }
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  const base = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  const token = env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {};
  const client = new AwsClient({ accessKeyId, secretAccessKey, ...token, region, service: 's3' });
  return s3At({ base, prefix: path.replace(/\/*$/, path === '' ? '' : '/'), place, client });
}

interface Bucket {
  /** Of the bucket, without a slash at the end. */
  base: string;
  /** Empty, or with a slash at the end. */
  prefix: string;
  place: string;
  client: AwsClient;
}

function s3At({ base, prefix, place, client }: Bucket): ObjectStore {
  const pathOf = (name: string) => `${prefix}${name}`.split('/').map(encodeURIComponent).join('/');
  const ask = async (method: string, path: string, { limitMs = answerMs, headers = {}, body }: Ask = {}) => {
    const request = await client.sign(`${base}/${path}`, { method, headers, ...(body ? { body } : {}) });
    return checked(await fetch(request, { signal: AbortSignal.timeout(limitMs) }), `${method} ${place}`);
  };
  return {
    place,
    async get(name, file) {
      const answer = await ask('GET', pathOf(name), { limitMs: transferMs });
      if (answer === null || answer.body === null) return null;
      await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file, { mode: 0o600 }));
      const writtenAt = new Date(answer.headers.get('last-modified') ?? 0);
      return { digest: answer.headers.get(digestHeader) ?? '', writtenAt };
    },
    has: async (name) => (await ask('HEAD', pathOf(name))) !== null,
    async put(name, file, digest) {
      const headers = { 'x-amz-content-sha256': digest, [digestHeader]: digest };
      await settled(ask('PUT', pathOf(name), { limitMs: transferMs, headers, body: await openAsBlob(file) }));
    },
    list: () => listAll(async (query) => (await ask('GET', `?${query}`))?.text() ?? '', prefix),
    remove: (name) => settled(ask('DELETE', pathOf(name))),
  };
}

interface Ask {
  limitMs?: number;
  headers?: Record<string, string>;
  body?: Blob;
}

/** Null for what is not there. */
async function checked(answer: Response, what: string): Promise<Response | null> {
  if (answer.ok) return answer;
  const text = await answer.text();
  if (answer.status === 404 && !text.includes('NoSuchBucket')) return null;
  const code = /<Code>([^<]*)</.exec(text)?.[1] ?? '';
  throw new Error(`${what} was answered with ${answer.status} ${code}`.trim());
}

async function settled(asking: Promise<Response | null>): Promise<void> {
  await (await asking)?.arrayBuffer();
}

async function* listAll(
  page: (query: URLSearchParams) => Promise<string>,
  prefix: string,
): AsyncGenerator<ListedObject> {
  for (let token: string | undefined, first = true; first || token; first = false) {
    const text = await page(
      new URLSearchParams({ 'list-type': '2', prefix, ...(token ? { 'continuation-token': token } : {}) }),
    );
    for (const [, entry = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const field = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(entry)?.[1] ?? '';
      // Names are keys of results: nothing in them is written in another way in XML.
      const name = field('Key').slice(prefix.length);
      yield { name, bytes: Number(field('Size')), writtenAt: new Date(field('LastModified')) };
    }
    token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1];
  }
}

function invalid(what: string, next: string): KovaError {
  return new KovaError('INPUT_INVALID', what, { next });
}
