import type { ConfigInput } from './schema.ts';

// This file is handed to the process that evaluates kova.config.ts, on its own: it imports types only.

type AppInput = ConfigInput['app'];

/** Declares a project; returns its argument, for the editor's sake. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** A Next.js app with `output: 'standalone'`. `include` adds paths of the checkout to the artefact, such as `db`. */
export function nextjs({ include = [], ...overrides }: Partial<AppInput> & { include?: string[] } = {}): AppInput {
  return {
    install: 'npm ci',
    build: 'npm run build',
    output: [
      { from: '.next/standalone', to: '.' },
      { from: '.next/static', to: '.next/static' },
      { from: 'public', to: 'public', optional: true },
      ...include.map((path) => ({ from: path, to: path })),
    ],
    start: ['node', 'server.js'],
    dev: ['npm', 'run', 'dev', '--', '--hostname', '$HOST', '--port', '$PORT'],
    assets: { prefix: '/_next/static/', dir: '.next/static' },
    ...overrides,
    health: { path: '/api/health', ...overrides.health },
  };
}

/** A Node server that runs from its sources. */
export function node(overrides: Partial<AppInput> & Pick<AppInput, 'start'>): AppInput {
  return { build: null, ...overrides };
}

/** What a service's container is made of, with `runtime: 'docker'`. */
interface ServiceContainer {
  image?: string;
  /** `512mb`, `2gb` */
  memory?: string;
}

type PostgresOptions = ServiceContainer & { version?: 18 };
type RedisOptions = ServiceContainer & { url?: string; optional?: boolean };

export function postgres(options: PostgresOptions = {}): { kind: 'postgres' } & PostgresOptions {
  return { kind: 'postgres', ...options };
}

export function redis(options: RedisOptions = {}): { kind: 'redis' } & RedisOptions {
  return { kind: 'redis', ...options };
}

export function blueGreen(): { kind: 'blue-green' } {
  return { kind: 'blue-green' };
}

export function canary(options: { steps?: number[]; every?: string } = {}): {
  kind: 'canary';
  steps?: number[];
  every?: string;
} {
  return { kind: 'canary', ...options };
}
