import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface HttpsAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
  /** SHA-256 of the certificate, in hex with colons. */
  fingerprint: string;
}

/** What a visitor gets by https who trusts the authority; `port` on this machine. */
export function getHttps(port: number, host: string, ca: string, path = '/'): Promise<HttpsAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>();
  const options = { host: '127.0.0.1', port, path, ca, servername: host, agent: false, headers: { host } };
  const call = request(options, (answer) => {
    const { fingerprint256: fingerprint } = (answer.socket as TLSSocket).getPeerCertificate();
    let body = '';
    answer.setEncoding('utf8').on('error', reject);
    answer.on('data', (text: string) => {
      body += text;
    });
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, fingerprint }));
  });
  call.on('error', reject).end();
  return promise;
}
