import { KovaError } from '@kova/core/errors/kova-error';
import { replaceProcess } from '@kova/edge/replace';
import { becomeEdge } from '@kova/edge/serve';
import { apiAddress, edgeAddress, edgeTlsAddress } from './addresses.ts';
import { controlIn } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { controlProgram } from './program.ts';

/**
 * Turns this process into the control plane of the home: for a supervisor, which starts it again when it ends. It says
 * `ready at …` when it serves. Does not return. @throws KovaError ALREADY_RUNNING, INPUT_INVALID, HOME_UNREACHABLE
 */
export async function becomeControl(env: NodeJS.ProcessEnv = process.env): Promise<never> {
  const home = homeAt(homePath(env));
  apiAddress(env);
  await prepareHome(home);
  const running = await controlIn(home.root);
  if (running) {
    throw new KovaError('ALREADY_RUNNING', `process ${running.pid} is the control plane of ${home.root}`, {
      next: 'Let its supervisor keep it, or end it first: `kova down --keep-apps` takes no traffic away.',
    });
  }
  const { argv, env: environment } = controlProgram(home, env);
  process.chdir(home.root);
  return replaceProcess(process.execPath, argv, environment);
}

/**
 * Turns this process into the edge of the home, at the given addresses or where KOVA_EDGE_LISTEN and
 * KOVA_EDGE_TLS_LISTEN say; as above. A control plane with `KOVA_EDGE=external` leaves it to its supervisor.
 * @throws KovaError ALREADY_RUNNING
 */
export async function becomeEdgeOfHome(
  { listen, listenTls }: { listen: string[]; listenTls: string[] },
  env: NodeJS.ProcessEnv = process.env,
): Promise<never> {
  const home = homeAt(homePath(env));
  await prepareHome(home);
  const tls = edgeTlsAddress(env);
  return becomeEdge({
    dir: home.edge,
    listen: listen.length > 0 ? listen : [edgeAddress(env)],
    listenTls: listenTls.length > 0 || tls === null ? listenTls : [tls],
  });
}
