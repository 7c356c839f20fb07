import type { ProjectConfig } from '@kova/core/config/schema';
import { probeArgv } from '../docker/probe.ts';
import { appDirectory, appPort } from '../docker/stage.ts';
import { nginxPath } from './nginx.ts';
import { initPath, proxyScriptPath, tlsDirectory } from './scripts.ts';

type Kind = ProjectConfig['services'][string]['kind'];

/** Whether the project has a service of the kind that shall run here. */
export function has({ services }: ProjectConfig, kind: Kind): boolean {
  return Object.values(services).some((service) => service.kind === kind && !('url' in service && service.url));
}

const password = '${KOVA_DEV_PASSWORD:-development}';
const onLoopback = (variable: string, port: number, inside: number) => `127.0.0.1:\${${variable}:-${port}}:${inside}`;

/** Compose reads \`$\` as the begin of a variable; \`$$\` is one that stands for itself. */
const literal = (text: string) => text.replaceAll('$', '$$$$');

/** The app from its sources, which are mounted over those in the image: what is saved is taken up. */
export function appService(config: ProjectConfig): object {
  const { app } = config;
  return {
    ...common(config),
    ports: [onLoopback('KOVA_APP_PORT', appPort, appPort)],
    depends_on: { ...servicesReady(config), ...(migrates(config) ? { migrate: completed } : {}) },
    healthcheck: {
      test: ['CMD', ...probeArgv(app.health.path).map(literal)],
      interval: '30s',
      timeout: '10s',
      retries: 3,
      start_period: `${Math.ceil(app.health.deadline / 1000)}s`,
    },
    stop_grace_period: `${Math.ceil(app.stopTimeout / 1000)}s`,
  };
}

/** Runs the migrations and ends; null when there are none. */
export function migrateService(config: ProjectConfig): object | null {
  if (!migrates(config)) return null;
  return { ...common(config), command: config.database.migrate?.map(literal), depends_on: servicesReady(config) };
}

export const redisService = {
  image: '${KOVA_REDIS_IMAGE:-redis:7}',
  command: ['redis-server', '--save', '60 1'],
  ports: [onLoopback('KOVA_REDIS_PORT', 6379, 6379)],
  volumes: ['redis:/data'],
  healthcheck: { test: ['CMD', 'redis-cli', 'ping'], interval: '10s', timeout: '5s', retries: 5 },
};

/** While the init script runs the server listens on its socket alone: asked over TCP it is ready when that is done. */
export const postgresService = {
  image: '${KOVA_POSTGRES_IMAGE:-postgres:18}',
  stop_signal: 'SIGINT',
  shm_size: '128m',
  environment: { POSTGRES_PASSWORD: password, KOVA_APP_PASSWORD: password },
  ports: [onLoopback('KOVA_POSTGRES_PORT', 5432, 5432)],
  volumes: ['postgres:/var/lib/postgresql', `./${initPath}:/docker-entrypoint-initdb.d/10-app.sql:ro`],
  healthcheck: {
    test: ['CMD', 'pg_isready', '-h', '127.0.0.1', '-U', 'app', '-d', 'app'],
    interval: '2s',
    timeout: '5s',
    retries: 30,
  },
};

export const proxyService = {
  image: '${KOVA_NGINX_IMAGE:-nginx:1.28}',
  command: ['sh', '/proxy.sh'],
  ports: [onLoopback('KOVA_HTTP_PORT', 80, 80), onLoopback('KOVA_HTTPS_PORT', 443, 443)],
  volumes: [`./${nginxPath}:/etc/nginx/nginx.conf:ro`, `./${proxyScriptPath}:/proxy.sh:ro`, `tls:${tlsDirectory}`],
  depends_on: { app: { condition: 'service_started' } },
};

const completed = { condition: 'service_completed_successfully' };

function common(config: ProjectConfig): object {
  const own = Object.entries(config.environments.development?.env ?? {}).map(([name, value]) => [name, literal(value)]);
  return {
    build: { context: '.', target: 'development' },
    user: '${KOVA_UID:-1000}:${KOVA_GID:-1000}',
    env_file: [{ path: '.env.local', required: false }],
    environment: {
      ...Object.fromEntries(own),
      KOVA_PROJECT: config.name,
      KOVA_ENVIRONMENT: 'development',
      ...addresses(config),
    },
    // The packages are those of the image, whatever the folder has.
    volumes: [`.:${appDirectory}`, ...(config.app.install ? [`${appDirectory}/node_modules`] : [])],
  };
}

function addresses(config: ProjectConfig): Record<string, string> {
  const named = Object.values(config.services).find((service) => service.kind === 'redis')?.url;
  return {
    ...(has(config, 'postgres') ? { DATABASE_URL: `postgres://app:${password}@postgres:5432/app` } : {}),
    ...(has(config, 'redis') ? { REDIS_URL: 'redis://redis:6379' } : {}),
    ...(named ? { REDIS_URL: literal(named) } : {}),
  };
}

function servicesReady(config: ProjectConfig): Record<string, object> {
  const kinds = (['postgres', 'redis'] as const).filter((kind) => has(config, kind));
  return Object.fromEntries(kinds.map((kind) => [kind, { condition: 'service_healthy' }]));
}

function migrates({ database }: ProjectConfig): boolean {
  return database.migrate !== null;
}
