/** One installed package, as the lockfile names it. */
export interface Installed {
  name: string;
  version: string;
  /** Where in the lockfile: `node_modules/lodash`, or its key in another kind of lockfile. */
  node: string;
  kind: 'prod' | 'dev' | 'optional' | 'peer';
  /** Named by the project itself, not only by another package. */
  isDirect: boolean;
}
