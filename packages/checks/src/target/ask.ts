import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connectHost } from './loopback.ts';
import { type Target, urlOf } from './target.ts';

/**
 * Asks one path and reads the whole answer; redirects are not followed.
 * @returns the status
 * @throws Error with words when no whole answer came within `deadlineMs`
 */
export function ask(target: Target, path: string, deadlineMs: number): Promise<number> {
  const url = urlOf(target, path);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      ...{
        hostname: connectHost(url.hostname),
        port: url.port,
        path: url.pathname + url.search,
        agent: false as const,
      },
      ...{ headers: { 'user-agent': 'kova-check', ...target.headers, host: url.host } },
      ...{ servername: url.hostname, signal: AbortSignal.timeout(deadlineMs) },
    };
    const fail = (error: Error) => {
      reject(
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? new Error(`no answer within ${deadlineMs} ms`)
          : error,
      );
    };
    const asked = request(options, (response) => {
      response.on('error', fail);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    asked.on('error', fail);
    asked.end();
  });
}
