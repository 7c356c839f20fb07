import { z } from 'zod';
import { branchName } from './branch-name.ts';

const github = z.strictObject({
  branches: z
    .array(branchName)
    .min(1)
    .default(['main', 'develop'])
    .describe('a push to one of these runs the workflow, and so does every pull request; the first is shipped'),
  runner: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dots and dashes')
    .default('ubuntu-latest')
    .describe('label of the machines that run the jobs'),
  kova: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+@[0-9a-f]{40}$/,
      'write owner/name@commit, with the whole commit id',
    )
    .nullable()
    .default(null)
    .describe("where the machines get Kova: `owner/name@commit` of its sources; null when the app's lockfile has it"),
});

/** What `kova render` must know besides the rest. */
export const renderSchema = z.strictObject({
  github: github.prefault({}).describe('.github/workflows/kova.yml'),
});

export type GithubConfig = z.output<typeof github>;
