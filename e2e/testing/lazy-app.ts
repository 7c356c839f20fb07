import type { AppVersion } from './app.ts';

export const lazyPages = ['cart', 'search', 'orders', 'help', 'account'];

/** What its build makes: a page for each name, in a chunk named by its content, and a main chunk that knows the names. */
const build = (text: string) => `
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('dist/assets', { recursive: true });
const chunk = (name, code) => {
  const file = name + '-' + createHash('sha256').update(code).digest('hex').slice(0, 12) + '.js';
  writeFileSync('dist/assets/' + file, code);
  return '/assets/' + file;
};
const pages = Object.fromEntries(${JSON.stringify(lazyPages)}.map((name) => [
  name,
  chunk(name, 'export const text = ' + JSON.stringify(name + ' of ${text}') + ';'),
]));
const main = chunk('main', \`
const pages = \${JSON.stringify(pages)};
document.addEventListener('click', async (event) => {
  const name = event.target.dataset.page;
  if (!name) return;
  event.preventDefault();
  const said = await import(pages[name]).then(({ text }) => text, (error) => 'broken: ' + error.message);
  history.pushState(null, '', '/' + name);
  document.querySelector('main').textContent = said;
});
document.querySelector('main').textContent = 'ready';\`);
const links = Object.keys(pages).map((name) => '<a href="/' + name + '" data-page="' + name + '">' + name + '</a>');
writeFileSync('dist/index.html', '<!doctype html><title>${text}</title>' + links.join(' ') + '<main></main><script type="module" src="' + main + '"></script>');
`;

const server = `
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';
const server = createServer(({ url }, response) => {
  if (url === '/health') return response.end('well');
  const asset = url.startsWith('/assets/') ? 'dist/assets/' + basename(url) : 'dist/index.html';
  if (!existsSync(asset)) return response.writeHead(404).end();
  response.setHeader('content-type', asset.endsWith('.js') ? 'text/javascript' : 'text/html');
  createReadStream(asset).pipe(response);
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/** An app whose pages are loaded when they are first visited, by names that change with each release. */
export function lazyApp(text: string, { keepsAssets }: { keepsAssets: boolean }): AppVersion {
  const assets = keepsAssets ? "{ prefix: '/assets/', dir: 'dist/assets' }" : 'null';
  return {
    text,
    files: { 'server.mjs': server, 'build.mjs': build(text) },
    app: `build: 'node build.mjs', output: [{ from: 'server.mjs' }, { from: 'dist', to: 'dist' }], assets: ${assets},`,
    environments: "{ production: { stability: '1s' } }",
  };
}
