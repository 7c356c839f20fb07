import type { Suite } from '../suite.ts';
import { renderDockerfile } from './dockerfile.ts';
import { renderDockerignore } from './ignore.ts';

export const dockerSuite: Suite = {
  name: 'docker',
  about: 'a Dockerfile with the targets development, build and production',
  render: (config) => [
    { path: 'Dockerfile', text: renderDockerfile(config) },
    { path: '.dockerignore', text: renderDockerignore() },
  ],
};
