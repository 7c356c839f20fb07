import { expect, test } from 'vitest';
import { parseConfig } from './parse.ts';

const withTls = (production: object) => ({
  name: 'shop',
  app: { start: 'node server.js' },
  environments: { production },
});

function problemOf(production: object): string {
  try {
    parseConfig(withTls(production));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  [{ tls: { certificate: 'local' } }, { certificate: 'local', redirect: true, hsts: null }],
  [{ tls: null }, null],
  [{}, null],
  [
    { hosts: ['shop.example.org'], tls: { certificate: 'acme', hsts: '180d', redirect: false } },
    { certificate: 'acme', challenge: 'http-01', email: null, redirect: false, hsts: 15_552_000_000 },
  ],
  [{ tls: { certificate: 'files', cert: '/a.pem', key: '/a.key' } }, { cert: '/a.pem', key: '/a.key' }],
])('%j is taken', (production, tls) => {
  const found = parseConfig(withTls(production)).environments.production?.tls;
  if (tls === null) expect(found).toBeNull();
  else expect(found).toMatchObject(tls);
});

test.each([
  [{ tls: { certificate: 'letsencrypt' } }, 'environments.production.tls.certificate'],
  [{ tls: { certificate: 'files', cert: 'a.pem', key: '/a' } }, 'environments.production.tls.cert'],
  [{ tls: { certificate: 'files', cert: '/a.pem' } }, 'environments.production.tls.key: missing'],
  [{ tls: { certificate: 'local', hsts: 'long' } }, 'environments.production.tls.hsts'],
  [{ tls: { certificate: 'local', email: 'a@b.org' } }, 'environments.production.tls.email: unknown key'],
  [{ tls: { certificate: 'acme' } }, 'environments.production.hosts: tls.certificate is acme'],
  [
    { hosts: ['*.a.org'], tls: { certificate: 'acme' } },
    'environments.production.hosts[0]: no certificate for *.a.org',
  ],
  [{ hosts: ['shop.test'], tls: { certificate: 'acme' } }, 'nobody can prove to own it'],
  [
    { hosts: ['a.org'], tls: { certificate: 'acme', directory: 'http://a.org' } },
    'environments.production.tls.directory',
  ],
  [{ hosts: ['a.org'], tls: { certificate: 'acme', email: 'me' } }, 'environments.production.tls.email'],
  [
    { hosts: ['x.test', 'google.com'], tls: { certificate: 'local' } },
    'environments.production.hosts[1]: no certificate for google.com: the local authority vouches only',
  ],
])('%j is refused with its path', (production, problem) => {
  expect(problemOf(production)).toContain(problem);
});
