import type { GithubConfig } from '@kova/core/config/render';
import { pinned } from './actions.ts';
import type { Step } from './step.ts';

const sources = '.kova-sources';

/**
 * The command line, without the word `kova` left to the registry: `--no` keeps npx from downloading what is not
 * installed, and the name belongs to somebody else there.
 */
export function kova(...words: string[]): string {
  return ['npx', '--no', '--', 'kova', ...words].join(' ');
}

/**
 * The commit with its whole history, a Node, and Kova.
 * @param install `npm ci`, with what more it shall be told
 */
export function toolSteps({ kova: pin }: GithubConfig, install = 'npm ci'): Step[] {
  const checkout: Step = {
    uses: pinned('actions/checkout'),
    with: { 'fetch-depth': 0, 'persist-credentials': false },
  };
  const node = (lockfile: string): Step => ({
    uses: pinned('actions/setup-node'),
    with: { 'node-version': 24, cache: 'npm', 'cache-dependency-path': lockfile },
  });
  if (pin === null) return [checkout, node('package-lock.json'), { name: 'Install Kova', run: install }];
  const [repository, ref] = pin.split('@');
  return [
    checkout,
    {
      uses: pinned('actions/checkout'),
      with: { repository, ref, path: sources, 'persist-credentials': false },
    },
    node(`${sources}/package-lock.json`),
    { name: 'Install Kova', run: `${install} --prefix ${sources}\nnpm install --global ./${sources}/packages/cli\n` },
  ];
}
