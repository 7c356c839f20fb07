import { z } from 'zod';
import { branchName } from './branch-name.ts';
import { nameSchema } from './values.ts';

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

const objectName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes, 63 at most');

const cpu = z.string().regex(/^(?:[1-9]\d*m|\d+(?:\.\d{1,3})?)$/, 'write 250m, 0.5 or 2');

const autoscale = z.strictObject({
  min: z.int().min(1).max(1000).optional().describe('default: `instances` of the environment'),
  max: z.int().min(1).max(1000),
  cpu: z.int().min(1).max(100).default(70).describe('percent of the CPU asked for that an instance shall use'),
});

const kubernetes = z.strictObject({
  gateway: z
    .strictObject({ name: objectName.default('gateway'), namespace: objectName.default('gateway-system') })
    .prefault({})
    .describe('the Gateway that takes the requests; pods take traffic from its namespace alone'),
  user: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(10_001)
    .describe('number of the user and group that instances run as'),
  writable: z
    .array(z.string().regex(/^(?:\/(?!\.{1,2}(?:\/|$))[^/\0:]+)+$/, 'write an absolute path without . and ..'))
    .default(['/tmp'])
    .describe('directories that instances may write to, empty at each start; the rest is read-only'),
  cpu: cpu.default('100m').describe('CPU that each instance is sure to get'),
  memory: z
    .string()
    .regex(/^[1-9]\d*(?:[KMGT]i|[kMGT])?$/, 'write 512Mi or 2Gi')
    .default('512Mi')
    .describe(
      'memory that each instance gets, and at which it is ended, where `limits` of the environment says no other',
    ),
  pullSecret: objectName.nullable().default(null).describe('the Secret with which images are pulled'),
  autoscale: z
    .record(nameSchema, autoscale)
    .default({})
    .describe('environments whose number of instances follows the load; the others keep theirs'),
});

/** What `kova render` must know besides the rest. */
export const renderSchema = z.strictObject({
  github: github.prefault({}).describe('.github/workflows/kova.yml'),
  kubernetes: kubernetes.prefault({}).describe('deploy/kubernetes/<environment>.yaml'),
});

export type GithubConfig = z.output<typeof github>;
export type KubernetesConfig = z.output<typeof kubernetes>;
