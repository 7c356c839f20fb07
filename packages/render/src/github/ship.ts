import type { ProjectConfig } from '@kova/core/config/schema';
import { expression } from './expression.ts';
import { idOf, type WorkflowJob } from './graph.ts';
import { kova, toolSteps } from './kova.ts';
import type { Step } from './step.ts';

/** No job of Kova's has this id, as none begins with an underscore and a letter. */
export const shipId = '_ship';

/** What is installed is about to be given secrets, and only has to speak to another Kova. */
const withoutScripts = 'npm ci --ignore-scripts';

const secrets = { KOVA_URL: expression('secrets.KOVA_URL'), KOVA_TOKEN: expression('secrets.KOVA_TOKEN') };

/** Hands a commit that was proved over to the Kova that the repository's secrets name; does nothing without them. */
export function renderShip(config: ProjectConfig, jobs: readonly WorkflowJob[]): object {
  const { github } = config.render;
  const [main = ''] = github.branches;
  const asked = "steps.kova.outputs.configured == 'true'";
  const needs = jobs.map(({ name }) => idOf(name));
  return {
    name: 'ship',
    ...(needs.length > 0 ? { needs } : {}),
    if: `github.event_name == 'push' && github.ref == 'refs/heads/${main}'`,
    'runs-on': github.runner,
    'timeout-minutes': 60,
    steps: [
      configuredStep,
      ...toolSteps(github, withoutScripts).map(({ name, ...step }) => ({
        ...(name ? { name } : {}),
        if: asked,
        ...step,
      })),
      { name: 'Ship', if: asked, env: secrets, run: kova('ship', '--commit', 'HEAD', ...detach(config)) },
    ],
  };
}

/** A condition cannot see secrets. */
const configuredStep: Step = {
  name: 'See whether a Kova is configured',
  id: 'kova',
  env: secrets,
  run: 'if [ -n "$KOVA_URL" ] && [ -n "$KOVA_TOKEN" ]; then\n  echo "configured=true" >> "$GITHUB_OUTPUT"\nfi\n',
};

/** A person may take a day to approve; no machine shall wait for that. */
function detach({ environments }: ProjectConfig): string[] {
  return Object.values(environments).some(({ approvals }) => approvals > 0) ? ['--detach'] : [];
}
