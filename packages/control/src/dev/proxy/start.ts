import type { Environment } from '../environment.ts';
import { part } from '../event.ts';
import { choosePort } from '../prepare/ports.ts';
import { type Certificate, localCertificate } from './certificate.ts';
import { listenTls } from './proxy.ts';

const usualPort = 3443;

/** The certificate for this machine's own name. */
export function prepareCertificate({ place, emit }: Environment): Promise<Certificate> {
  return part(emit, 'certificate', async () => {
    const certificate = await localCertificate(place.tls);
    return { about: `for localhost, until ${certificate.until.toISOString().slice(0, 10)}`, value: certificate };
  });
}

/** Starts the proxy that ends TLS in front of the app. Returns its port. */
export function startProxy(
  environment: Environment,
  wanted: number | null,
  { certificate, appPort }: { certificate: Certificate; appPort: number },
  ending: AsyncDisposableStack,
): Promise<number> {
  return part(environment.emit, 'proxy', async () => {
    const wish = { what: 'proxy', wanted, usual: usualPort, option: '--https-port' };
    const port = await choosePort(wish, (text) => environment.note('proxy', text));
    const proxy = await listenTls(certificate, port, appPort);
    ending.defer(() => proxy.close());
    return { about: `ends TLS on 127.0.0.1:${port}`, value: port };
  });
}
