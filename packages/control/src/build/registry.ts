import { Secret } from '@kova/core/secret';
import { run } from '../commands/run.ts';
import { reachableCopy } from '../home/reachable.ts';
import type { Identity } from '../home/unprivileged.ts';
import type { Toolchain } from './toolchain.ts';

/** How to get at packages and other servers from here; never tokens. */
export type NetworkSettings = Record<string, string | Secret>;

const files = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'];
const plain = ['SSL_CERT_DIR', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
const npmKeys = /^(registry|@[^:]+:registry|cafile|proxy|https-proxy|noproxy|strict-ssl)$/;
const timeoutMs = 30_000;

/**
 * What this machine's user has set for npm (registry, proxies, certificates) and in the environment (proxies,
 * certificates), as variables for a build. Files that `as` cannot reach are copied.
 */
export async function networkSettings(
  toolchain: Toolchain,
  copies: string,
  as: Identity | null,
  env: NodeJS.ProcessEnv = process.env,
): Promise<NetworkSettings> {
  const settings: NetworkSettings = {};
  for (const name of plain) if (env[name]) settings[name] = concealed(env[name]);
  for (const name of files) if (env[name]) settings[name] = await reachableCopy(env[name], copies, as).catch(() => '');
  for (const [key, value] of Object.entries(await npmConfig(toolchain, env))) {
    const text = key === 'cafile' ? await reachableCopy(value, copies, as).catch(() => '') : value;
    settings[`npm_config_${key}`] = concealed(text);
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));
}

async function npmConfig(toolchain: Toolchain, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const inherited = Object.entries(env).filter(([name]) => /^(HOME|PATH|npm_config_.*)$/i.test(name));
  const lines: string[] = [];
  await run({
    argv: [toolchain.node, toolchain.npmCli, 'config', 'list', '--json'],
    cwd: '/',
    env: Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])),
    timeoutMs,
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
    },
  });
  const config: Record<string, unknown> = JSON.parse(lines.join('\n') || '{}');
  const entries = Object.entries(config).filter(([key, value]) => npmKeys.test(key) && hasMeaning(value));
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function hasMeaning(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '');
}

/** An address with a password in it is a secret. */
function concealed(value: string): string | Secret {
  return /:\/\/[^/]*@/.test(value) ? new Secret(value) : value;
}
