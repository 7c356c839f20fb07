/** What the control plane makes images of releases by. */
export { baseOf } from './base.ts';
export { releaseInContext, renderReleaseDockerfile } from './release.ts';
