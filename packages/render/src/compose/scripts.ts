import { header } from './header.ts';

export const tlsDirectory = '/etc/nginx/tls';
export const proxyScriptPath = 'compose/proxy.sh';
export const initPath = 'compose/postgres-init.sql';

/** Started in nginx's image in place of nginx: RSA 2048, 365 days, for this machine's own name. One that holds is kept. */
export const proxyScript = `${header()}# Makes a certificate for localhost, unless there is one that holds for 30 days more, and starts nginx.
set -eu
umask 077
cd ${tlsDirectory}
if ! openssl x509 -in localhost.pem -noout -checkend 2592000 >/dev/null 2>&1; then
  openssl req -x509 -newkey rsa:2048 -sha256 -days 365 -nodes -keyout localhost-key.pem -out localhost.pem \\
    -subj '/O=Kova development/CN=localhost' \\
    -addext 'subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1' \\
    -addext 'extendedKeyUsage=serverAuth'
fi
exec nginx -g 'daemon off;'
`;

/** Run by PostgreSQL's image when the volume is empty: the app is an ordinary role that owns its database. */
export const initScript = `${header('--')}-- PostgreSQL's image runs this once, when its volume is empty: the app is an ordinary role that owns its database.
\\getenv password KOVA_APP_PASSWORD
CREATE ROLE app LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE app OWNER app;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
`;
