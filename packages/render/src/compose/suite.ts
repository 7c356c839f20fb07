import type { Suite } from '../suite.ts';
import { renderCompose } from './compose.ts';
import { nginxPath, renderNginx } from './nginx.ts';
import { initPath, initScript, proxyScript, proxyScriptPath } from './scripts.ts';
import { has } from './services.ts';

export const composeSuite: Suite = {
  name: 'compose',
  about: 'a compose file of the development environment, for `docker compose up` and `kova dev --docker`',
  render: (config) => [
    { path: 'compose.yaml', text: renderCompose(config) },
    { path: nginxPath, text: renderNginx() },
    { path: proxyScriptPath, text: proxyScript },
    ...(has(config, 'postgres') ? [{ path: initPath, text: initScript }] : []),
  ],
};
