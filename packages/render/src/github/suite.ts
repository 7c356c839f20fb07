import type { Suite } from '../suite.ts';
import { renderWorkflow } from './workflow.ts';

export const githubSuite: Suite = {
  name: 'github',
  about: 'the pipeline as a GitHub workflow',
  render: (config) => [{ path: '.github/workflows/kova.yml', text: renderWorkflow(config) }],
};
