import type { StatusView } from '@kova/control/api';
import { findHome } from '@kova/control/launch';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';
import { connect, tokenFile } from '../api/connect.ts';
import { checkDisk, checkNode, checkProgram, checkToken } from './machine.ts';
import { checkEdge, checkPortFree } from './network.ts';

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
    checkDisk(findHome(env)),
    ...(env.KOVA_TOKEN ? [] : [checkToken(token)]),
  ]);
  const client = await connect(env);
  const api = await checkApi(client);
  return [...local, api, ...(api.ok ? [await edgeOf(client)] : await checkPorts(client))];
}

async function checkApi(client: Client): Promise<Check> {
  const name = 'API';
  try {
    const { version } = await client.get<{ version: string }>('/v1/health');
    return { name, ok: true, found: `Kova ${version} answers at ${client.url.origin}`, next: '' };
  } catch (error) {
    const { message, next } = reportOf(error);
    return { name, ok: false, found: message, next };
  }
}

async function edgeOf(client: Client): Promise<Check> {
  try {
    const { edge } = await client.get<StatusView>('/v1/status');
    return checkEdge(edge);
  } catch (error) {
    const { message, next } = reportOf(error);
    return { name: 'edge', ok: false, found: `the API does not say where it listens: ${message}`, next };
  }
}

function checkPorts({ url }: Client): Promise<Check[]> {
  const api = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return Promise.all([checkPortFree(api, url.hostname)]);
}
