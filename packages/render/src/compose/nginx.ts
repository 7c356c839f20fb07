import { appPort } from '../docker/stage.ts';
import { header } from './header.ts';
import { tlsDirectory } from './scripts.ts';

export const nginxPath = 'compose/nginx.conf';

/** nginx in front of the app: ends TLS, lets WebSockets and event streams pass, finds the app again when it is made anew. */
export function renderNginx(): string {
  return `${header()}
events {}

http {
  # The DNS of the engine: asked again, since a container that is made anew has another address.
  resolver 127.0.0.11 valid=2s;

  map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      '';
  }

  server {
    listen 80;
    listen 443 ssl;
    ssl_certificate     ${tlsDirectory}/localhost.pem;
    ssl_certificate_key ${tlsDirectory}/localhost-key.pem;
    ssl_protocols       TLSv1.2 TLSv1.3;
    client_max_body_size 100m;

    location / {
      set $app http://app:${appPort};
      proxy_pass $app;
      proxy_http_version 1.1;
      proxy_set_header Host              $http_host;
      proxy_set_header Connection        $connection_upgrade;
      proxy_set_header Upgrade           $http_upgrade;
      proxy_set_header X-Forwarded-For   $remote_addr;
      proxy_set_header X-Forwarded-Host  $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`;
}
