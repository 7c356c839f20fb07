import type { Provider } from '@kova/core/repository/provider';
import type { Secret } from '@kova/core/secret';
import type { Followers } from './edges/followers.ts';
import type { IdentityOf } from './home/app-identities.ts';
import type { Home } from './home/home.ts';
import type { Seal } from './home/seal.ts';
import type { Artefacts } from './ports/artefacts.ts';
import type { Commits } from './ports/builder.ts';
import type { CommitStatuses } from './ports/commit-statuses.ts';
import type { Edge } from './ports/edge.ts';
import type { Images } from './ports/images.ts';
import type { JobRunner } from './ports/job-runner.ts';
import type { Migrator } from './ports/migrator.ts';
import type { Runtime } from './ports/runtime.ts';
import type { Services } from './ports/services.ts';
import type { Vault } from './secrets/vault.ts';
import type { Bell } from './store/bell.ts';
import type { Store } from './store/connect.ts';

/** All that workflows, watchers and the API act through; put together in main.ts alone. */
export interface Context {
  home: Home;
  db: Store;
  runtime: Runtime;
  migrator: Migrator;
  /** That of the home and those that follow it. */
  edge: Edge;
  /** That of the home alone, for what the others see to by themselves. */
  ownEdge: Edge;
  followers: Followers;
  services: Services;
  artefacts: Artefacts;
  commits: Commits;
  jobs: JobRunner;
  images: Images;
  vault: Vault;
  seal: Seal;
  /** By which each provider is told what became of a commit. */
  statuses: Partial<Record<Provider, CommitStatuses>>;
  bell: Bell;
  /** Whom apps run as. */
  identityOf: IdentityOf;
  /** PATH of apps that are processes: the Node that Kova runs on first. */
  appPath: string;
  /** Opens the idle slots at the edge. */
  idleToken: Secret;
  /** Where the edge listens, `127.0.0.1:4780`. */
  edgeListen: string;
  /** Where it ends TLS, and the port by which users reach that; null for nowhere. */
  edgeTls: { listen: string; port: number } | null;
}

/** What a process needs that does nothing but run jobs. */
export type JobContext = Pick<Context, 'db' | 'jobs' | 'images' | 'bell' | 'vault' | 'edge'>;
