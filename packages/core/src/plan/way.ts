import type { Path } from './diff.ts';

/**
 * How a change of a key comes to where the app runs:
 * - `direct`: nothing is started for it; Kova itself does otherwise from now on
 * - `deployment`: the same release is deployed anew, through all phases
 * - `release`: it says how a release is made, so it comes with the next one that is built
 */
export type Way = 'direct' | 'deployment' | 'release';

interface Rule {
  /** Keys from the top; `*` stands for any one. What lies below is meant as well. */
  keys: string;
  way: Way;
  /** What it does to those who use the app, for people. */
  effect: string;
}

const nextDeployment = 'holds from the next deployment on';

/** The first that matches holds. A key that is not named needs a deployment: that is safe whatever it means. */
const rules: readonly Rule[] = [
  ...['name', 'app.install', 'app.build', 'app.buildTimeout', 'app.output', 'app.assets', 'database'].map(ofRelease),
  ...['pipeline', 'render', 'assetsKeep', 'keepReleases'].map(ofRelease),
  direct('environments.*.hosts', 'the edge swaps the route; no request is dropped'),
  direct('app.health.unhealthyAfter', 'the edge swaps the route; no request is dropped'),
  direct('app.health.healthyAfter', 'the edge swaps the route; no request is dropped'),
  direct('app.health.deadline', nextDeployment),
  direct('environments.*.deploy', 'holds from the next ship on'),
  ...['strategy', 'approvals', 'approvalTimeout', 'smoke', 'checks', 'load', 'stability', 'standby', 'analysis'].map(
    (key) => direct(`environments.*.${key}`, nextDeployment),
  ),
];

const deployed = 'needs a deployment of the same release';

export function wayOf(path: Path): Pick<Rule, 'way' | 'effect'> {
  const rule = rules.find(({ keys }) => keys.split('.').every((key, index) => key === '*' || key === path[index]));
  return rule ?? { way: 'deployment', effect: deployed };
}

function direct(keys: string, effect: string): Rule {
  return { keys, way: 'direct', effect };
}

function ofRelease(keys: string): Rule {
  return { keys, way: 'release', effect: 'comes with the next release that is built' };
}
