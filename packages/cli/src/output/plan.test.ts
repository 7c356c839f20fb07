import type { PlanView } from '@kova/control/api';
import { expect, test } from 'vitest';
import { planText } from './plan.ts';

const change = { kind: 'change', before: '2', after: '3', way: 'deployment', effect: 'needs a deployment' } as const;
const nothing = { changes: [], later: [], release: 'rel_1', configCommit: 'b'.repeat(40), atWork: null, drift: [] };
const view = (...environments: PlanView['environments']): PlanView => ({
  ...{ project: 'shop', commit: 'a'.repeat(40), digest: 'd', environments },
  pending: environments.some(({ deed }) => deed !== 'none' && deed !== 'keep'),
});

test('a plan is told by environment, with what each change does and what is in its way', () => {
  const text = planText(
    view(
      { ...nothing, name: 'staging', deed: 'none', reason: 'as it is wanted' },
      {
        ...nothing,
        name: 'production',
        deed: 'deployment',
        reason: 'starts 3 instances',
        changes: [
          { ...change, path: 'instances' },
          { ...change, path: 'env.TOKEN', before: '(not shown)', after: '(not shown)' },
        ],
        later: [{ ...change, path: 'app.build', before: null, after: 'npm run all', kind: 'add', way: 'release' }],
        drift: [{ subject: 'slot', found: 'nothing runs in blue\u001b[2J', mend: 'apply' }],
        atWork: 'dep_1',
      },
    ),
  );
  expect(text).toBe(`shop: the configuration of commit aaaaaaaaaa against what runs

= staging  rel_1, configuration of bbbbbbbbbb
    → as it is wanted

~ production  rel_1, configuration of bbbbbbbbbb
    ~ instances  2 → 3                 needs a deployment
    ~ env.TOKEN  (not shown), changed  needs a deployment
    ! drift: nothing runs in blue; apply
    ! dep_1 is at work; nothing is applied before it has ended
    → starts 3 instances
    with the next release:
    + app.build  npm run all

Environments: 1 to deploy anew. Put it into force with: kova apply`);
});

test('what needs nothing says so', () => {
  expect(planText(view({ ...nothing, name: 'staging', deed: 'none', reason: 'as it is wanted' }))).toMatch(
    /Nothing to apply: all that can be is as that commit says\.$/,
  );
});
