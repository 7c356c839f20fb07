import { composeSuite } from './compose/suite.ts';
import { dockerSuite } from './docker/suite.ts';
import { githubSuite } from './github/suite.ts';
import { kubernetesSuite } from './kubernetes/suite.ts';
import type { Suite } from './suite.ts';

export type { RenderedFile, Suite, SuiteOption, SuiteValues } from './suite.ts';

/** All that can be rendered, in the order it is listed. */
export const suites: readonly Suite[] = [githubSuite, dockerSuite, composeSuite, kubernetesSuite];
