import { crossCheck } from '../config/cross-check.ts';
import { parseConfig } from '../config/parse.ts';
import { formatPath } from '../config/path.ts';
import type { ProjectConfig } from '../config/schema.ts';
import { applicable, forEnvironment } from './applicable.ts';
import { canonical, isObject } from './canonical.ts';
import { type Change, diff } from './diff.ts';
import { shown } from './shown.ts';
import { type Way, wayOf } from './way.ts';

/** One change as it is told; values that may be secret are not in it. */
export interface PlannedChange {
  path: string;
  kind: 'add' | 'change' | 'remove';
  before: string | null;
  after: string | null;
  way: Way;
  effect: string;
}

/** What runs in an environment, and with which configuration. */
export interface Actual {
  release: string;
  /** As the release was built. */
  ofRelease: ProjectConfig;
  /** In force now. */
  config: ProjectConfig;
  /** What of its instances is not as that says, so that only a deployment mends it; null when all is. */
  drifted: string | null;
}

/**
 * What is to be done to an environment:
 * `none`, or nothing that can be done now; `create` it, empty; `direct` or `deployment` as for its changes; `keep`: it
 * is in no configuration any more; `blocked`: what is wanted does not go with the release that runs there.
 */
export type Deed = 'none' | 'create' | 'direct' | 'deployment' | 'keep' | 'blocked';

export interface EnvironmentPlan {
  environment: string;
  deed: Deed;
  /** Why, or what it does, for people. */
  reason: string;
  changes: PlannedChange[];
  /** What comes with the next release only. */
  later: PlannedChange[];
  /** The configuration to be put into force; null when none is. */
  config: ProjectConfig | null;
}

/** Compares what is wanted of an environment with what is in force there. `actual` is null where nothing runs. */
export function planEnvironment(name: string, wanted: ProjectConfig, actual: Actual | null): EnvironmentPlan {
  const empty = { environment: name, changes: [], later: [], config: null };
  if (!wanted.environments[name]) {
    return { ...empty, deed: 'keep', reason: 'no configuration names it any more; what runs there is left alone' };
  }
  if (!actual) return { ...empty, deed: 'none', reason: 'nothing runs here; its configuration comes with a release' };
  const next = applicable(actual.ofRelease, wanted);
  const between = (before: ProjectConfig, after: ProjectConfig) =>
    diff(forEnvironment(before, name), forEnvironment(after, name)).filter((change) => !isNewDefault(change, name));
  const changes = between(actual.config, next);
  const later = between(next, wanted).map((change) => tell(change, name));
  if (changes.length === 0 && !actual.drifted) return { ...empty, later, deed: 'none', reason: 'as it is wanted' };
  const told = changes.map((change) => tell(change, name));
  const problems = crossCheck(next);
  if (problems.length > 0) {
    const reason = `does not go with ${actual.release}: ${problems.join('; ')}`;
    return { ...empty, changes: told, later, deed: 'blocked', reason };
  }
  const starts = actual.drifted !== null || told.some(({ way }) => way === 'deployment');
  const deed = starts ? 'deployment' : 'direct';
  const why = actual.drifted === null ? '' : `mends that ${actual.drifted}: `;
  return { environment: name, deed, reason: why + reasonOf(deed, next, name), changes: told, later, config: next };
}

/** A key that an earlier Kova did not know has the meaning of its default: naming that changes nothing. */
function isNewDefault({ path, before, after }: Change, environment: string): boolean {
  if (before !== undefined) return false;
  const usual = parseConfig({ name: 'any', app: { start: 'any' }, environments: { [environment]: {} } });
  const meant = path.reduce<unknown>((within, key) => (isObject(within) ? within[key] : undefined), usual);
  return meant !== undefined && canonical(meant) === canonical(after);
}

function reasonOf(deed: 'direct' | 'deployment', config: ProjectConfig, name: string): string {
  if (deed === 'direct') return 'no instance is started, no request is dropped';
  const { instances = 1, approvals = 0, strategy } = config.environments[name] ?? {};
  const start = `starts ${instances} ${instances === 1 ? 'instance' : 'instances'} in the idle slot`;
  const asks = approvals > 0 ? [`waits for ${approvals} ${approvals === 1 ? 'approval' : 'approvals'}`] : [];
  const moves = strategy?.kind === 'canary' ? `moves traffic by ${strategy.steps.join(', ')} %` : 'moves all traffic';
  return `${[start, ...asks, moves].join(', ')}; no request is dropped`;
}

function tell({ path, before, after }: Change, environment: string): PlannedChange {
  const [first, second, ...rest] = path;
  const own = first === 'environments' && second === environment;
  const kind = before === undefined ? 'add' : after === undefined ? 'remove' : 'change';
  const values = { before: shown(path, before), after: shown(path, after) };
  return { path: formatPath(own ? rest : path), kind, ...values, ...wayOf(path) };
}
