import { once } from 'node:events';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { EdgeAdmin } from '@kova/edge/admin-client';
import { awaitEdge } from '@kova/edge/launch';
import { isThere } from './commands/is-there.ts';
import { givenEdgeKey } from './edges/edge-key.ts';
import { FollowedAssets } from './edges/follower/assets.ts';
import { Follower } from './edges/follower/follower.ts';
import { lostMs } from './edges/followers.ts';
import { type Home, homeAt, homePath, prepareHome } from './home/home.ts';
import { createSeal } from './home/seal.ts';
import { tokenIn } from './home/token.ts';
import { joinStore } from './services/postgres/own-store.ts';
import { Bell } from './store/bell.ts';
import { connectStore, type Store } from './store/connect.ts';
import { type EdgeIdentity, enrolEdge } from './store/edges.ts';
import { requireMigrated } from './store/migrate.ts';

export interface FollowOptions {
  env: NodeJS.ProcessEnv;
  /** What the edge is called; null for the name of the machine. */
  name: string | null;
  /** Where users reach it, `host:port`; null for where it listens. */
  advertise: string | null;
  onReady: (edge: EdgeIdentity) => void;
  say: (line: string) => void;
}

const storeAnswersInMs = 5000;

/**
 * The composition root of the process beside an edge of another machine: brings that edge in line with the store until
 * it is ended. The edge goes on without it with what it has.
 * @throws KovaError EDGE_UNAVAILABLE when no edge runs in the home; INPUT_INVALID, NOT_RUNNING (no store), CONFLICT,
 *   STORE_UNAVAILABLE
 */
export async function follow({ env, name, advertise, onReady, say }: FollowOptions): Promise<void> {
  checkWords(name, advertise);
  const home = homeAt(homePath(env));
  await refuseOwnHome(home);
  await prepareHome(home);
  const key = await givenEdgeKey(env);
  const url = await joinStore(home, env);
  const { socketPath, listen } = await awaitEdge(home.edge);
  const db = connectStore(url, { answersInMs: storeAnswersInMs });
  await requireMigrated(db);
  const self: EdgeIdentity = {
    name: name ?? hostname(),
    id: (await tokenIn(home.root, 'edge-id')).reveal(),
    address: advertise ?? (await addressFor(url, listen[0] ?? '')),
  };
  await enrol(db, self);
  const bell = new Bell(url);
  bell.open();
  const follower = new Follower({
    ...{ db, bell, self, say },
    admin: new EdgeAdmin(socketPath),
    seal: key && createSeal(key),
    assets: new FollowedAssets(db, home.assets),
    onReplaced: () => {
      say(`another edge is called ${self.name} now: ending`);
      process.exit(1);
    },
  });
  onReady(self);
  follower.run();
}

/** @throws KovaError INPUT_INVALID */
function checkWords(name: string | null, advertise: string | null): void {
  if (name !== null && !/^[\w.-]{1,63}$/.test(name)) {
    throw new KovaError('INPUT_INVALID', `${JSON.stringify(name)} is no name of an edge`, {
      next: 'Use letters, digits, dots and dashes, as in the name of a machine.',
    });
  }
  if (advertise !== null && !/^(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(advertise)) {
    throw new KovaError('INPUT_INVALID', `${JSON.stringify(advertise)} is no address that users reach`, {
      next: 'Give --advertise as host:port, such as 10.0.0.2:80.',
    });
  }
}

/** The control plane speaks to the edge of its home itself. */
async function refuseOwnHome({ root }: Home): Promise<void> {
  if (!(await isThere(join(root, 'home-id')))) return;
  throw new KovaError('CONFLICT', `${root} is the home of a control plane, which sees to its edge itself`, {
    next: 'Set KOVA_HOME to a directory of its own for an edge that follows.',
  });
}

/** An edge that listens on all addresses is reached at that by which this machine reaches the store. */
async function addressFor(store: Secret, listen: string): Promise<string> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(listen) ?? [];
  if (host !== '0.0.0.0' && host !== '::') return listen;
  const { hostname, port: storePort } = new URL(store.reveal());
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(storePort || 5432) });
  await once(socket, 'connect');
  const own = socket.localAddress ?? '127.0.0.1';
  socket.destroy();
  return own.includes(':') ? `[${own}]:${port}` : `${own}:${port}`;
}

async function enrol(db: Store, self: EdgeIdentity): Promise<void> {
  // One that was here before under another directory is soon silent.
  for (const giveUpAt = performance.now() + lostMs + 2000; performance.now() < giveUpAt; await sleep(500)) {
    if (await enrolEdge(db, self, lostMs)) return;
  }
  throw new KovaError('CONFLICT', `an edge called ${self.name} lives already`, {
    next: 'Give this one another --name.',
  });
}
