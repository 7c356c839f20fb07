import type { StatusView } from '@kova/control/api';
import { homePath } from '@kova/control/home';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';
import { apiUrl, connect, tokenFile } from '../api/connect.ts';
import { checkEngine } from './engine.ts';
import { checkDisk, checkNode, checkProgram, checkToken } from './machine.ts';
import { checkEdge, checkFollowing, checkPortFree } from './network.ts';

export interface Check {
  name: string;
  ok: boolean;
  /** What was seen. */
  found: string;
  /** What to do when it is not ok. */
  next: string;
}

/** All checks; none throws. What is expected of the ports depends on whether Kova runs. */
export async function runChecks(env: NodeJS.ProcessEnv): Promise<Check[]> {
  const token = tokenFile(env);
  const local = await Promise.all([
    checkNode(),
    checkProgram('git', 'Install git.'),
    checkProgram('npm', 'Install npm; builds run with it.'),
    checkDisk(homePath(env)),
    checkEngine(env),
    ...(env.KOVA_TOKEN ? [] : [checkToken(token)]),
  ]);
  const api = await checkApi(env);
  return [...local, api.check, ...(api.client ? await edgesOf(api.client) : [await checkPort(env)])];
}

async function checkApi(env: NodeJS.ProcessEnv): Promise<{ check: Check; client: Client | null }> {
  const name = 'API';
  try {
    const client = await connect(env);
    const { version } = await client.get<{ version: string }>('/v1/health');
    const found = `Kova ${version} answers at ${client.url.origin}`;
    return { check: { name, ok: true, found, next: '' }, client };
  } catch (error) {
    const { message, next } = reportOf(error);
    return { check: { name, ok: false, found: message, next }, client: null };
  }
}

async function edgesOf(client: Client): Promise<Check[]> {
  try {
    const { edge, edges } = await client.get<StatusView>('/v1/status');
    return [await checkEdge(edge), ...edges.map(checkFollowing)];
  } catch (error) {
    const { message, next } = reportOf(error);
    return [{ name: 'edge', ok: false, found: `the API does not say where it listens: ${message}`, next }];
  }
}

async function checkPort(env: NodeJS.ProcessEnv): Promise<Check> {
  const url = await apiUrl(env);
  return checkPortFree(Number(url.port || (url.protocol === 'https:' ? 443 : 80)), url.hostname);
}
