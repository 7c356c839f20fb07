import { awaitEdge, ensureEdge } from '@kova/edge/launch';
import { edgeAddress, edgeTlsAddress, isEdgeExternal, publicTlsPort, refuseElsewhere } from './addresses.ts';
import type { Context } from './context.ts';
import type { Home } from './home/home.ts';

export interface StartedEdge {
  socketPath: string;
  /** Where it takes plain requests. */
  address: string;
  tls: Context['edgeTls'];
}

/** The edge of the home, started where it does not run and is not somebody else's to start. Idempotent. */
export async function startEdge(home: Home): Promise<StartedEdge> {
  const [wanted, wantedTls] = [edgeAddress(), edgeTlsAddress()];
  const options = { dir: home.edge, listen: [wanted], listenTls: wantedTls === null ? [] : [wantedTls] };
  const { listen, listenTls, socketPath } = isEdgeExternal() ? await awaitEdge(home.edge) : await ensureEdge(options);
  const address = listen[0] ?? wanted;
  const [tls] = listenTls;
  refuseElsewhere({ edge: `http://${address}`, ...(tls && { edgeTls: `https://${tls}` }) });
  const port = Number(tls?.split(':').at(-1));
  return { socketPath, address, tls: tls ? { listen: tls, port: publicTlsPort(port) } : null };
}
