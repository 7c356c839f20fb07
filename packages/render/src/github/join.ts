import type { GithubConfig } from '@kova/core/config/render';
import { idOf, type WorkflowJob } from './graph.ts';

const bad = ['failure', 'cancelled', 'skipped'].map((result) => `contains(needs.*.result, '${result}')`).join(' || ');

/** A job that runs nothing. GitHub takes a check that was skipped for one that passed, so this one always has a result. */
export function renderJoin({ name, needs }: WorkflowJob, { runner }: GithubConfig): object {
  return {
    name,
    ...(needs.length > 0 ? { needs: needs.map((need) => idOf(need.name)), if: 'always()' } : {}),
    'runs-on': runner,
    'timeout-minutes': 5,
    steps: [
      {
        name: 'See that all it needs has passed',
        ...(needs.length > 0 ? { if: bad } : {}),
        run: needs.length > 0 ? 'exit 1' : 'true',
      },
    ],
  };
}
