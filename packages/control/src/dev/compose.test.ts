import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nextjs, node, postgres, redis } from '@kova/core/config/define';
import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { suites } from '@kova/render/suites';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../pipeline/furnish/programs.ts';
import { composeProgram } from '../testing/engine/compose.ts';
import { localCertificate } from './proxy/certificate.ts';

const shop: ConfigInput = {
  name: 'storefront',
  app: nextjs(),
  services: { postgres: postgres(), redis: redis({ optional: true }) },
  database: { migrate: 'npm run db:migrate' },
};

/** A directory with what `kova render compose` writes. */
function rendered(input: ConfigInput): string {
  const directory = mkdtempSync(join(tmpdir(), 'kova-compose-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const suite = suites.find(({ name }) => name === 'compose');
  for (const { path, text } of suite?.render(parseConfig(input)) ?? []) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

async function understood(directory: string) {
  const out = execFileSync(await composeProgram(), ['config', '--format', 'json'], { cwd: directory });
  return JSON.parse(out.toString());
}

test('Compose understands the file: what is waited for, what is mounted, what is asked', async () => {
  const directory = rendered(shop);
  writeFileSync(join(directory, '.env.local'), 'GREETING=hi\n');
  const { name, services, networks } = await understood(directory);
  expect(name).toBe('storefront-development');
  expect(Object.keys(services).sort()).toEqual(['app', 'migrate', 'postgres', 'proxy', 'redis']);
  const { app, proxy } = services;
  expect(app.healthcheck).toMatchObject({ interval: '30s', timeout: '10s', retries: 3 });
  expect(app.healthcheck.test.at(-1)).toBe('/api/health');
  expect(app.environment).toMatchObject({
    GREETING: 'hi',
    DATABASE_URL: 'postgres://app:development@postgres:5432/app',
  });
  expect(app.depends_on.migrate.condition).toBe('service_completed_successfully');
  expect(app.depends_on.postgres.condition).toBe('service_healthy');
  expect(app.volumes[0]).toMatchObject({ type: 'bind', source: directory, target: '/app' });
  expect(services.redis.healthcheck).toMatchObject({ test: ['CMD', 'redis-cli', 'ping'], interval: '10s' });
  expect(proxy.ports.map(({ host_ip, published }: Record<string, string>) => [host_ip, published])).toEqual([
    ['127.0.0.1', '80'],
    ['127.0.0.1', '443'],
  ]);
  expect(Object.keys(app.networks)).toEqual(['development']);
  expect(networks.development.name).toBe('storefront-development');
});

test('what looks like a variable in the configuration reaches the container as it is', async () => {
  const start = ['./server', '$X'];
  const app = node({ start, install: null, health: { path: '/$HOME' } });
  const migrate = ['sh', '-c', 'echo "$DATABASE_URL"'];
  const environments = { development: { env: { PRICE: '$5', COLON: 'a: b # c', YES: 'no' } } };
  const { services } = await understood(
    rendered({ name: 'odd', app, services: { db: postgres() }, database: { migrate }, environments }),
  );
  // Compose writes them doubled, as it would read them again.
  expect(services.migrate.command).toEqual(['sh', '-c', 'echo "$$DATABASE_URL"']);
  expect(services.app.environment).toMatchObject({ PRICE: '$$5', COLON: 'a: b # c', YES: 'no' });
  expect(services.app.healthcheck.test.at(-1)).toBe('/$$HOME');
});

test('nginx accepts its configuration', async ({ skip }) => {
  const nginx = await findProgram('nginx');
  if (!nginx) return process.env.KOVA_TEST_STRICT ? expect.fail('nginx is not installed') : skip();
  const directory = rendered(shop);
  await localCertificate(directory);
  const file = join(directory, 'compose/nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/etc/nginx/tls', directory));
  execFileSync(nginx, ['-t', '-q', '-e', 'stderr', '-p', directory, '-c', file, '-g', `pid ${directory}/pid;`]);
});
