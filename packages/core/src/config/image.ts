import { z } from 'zod';
import { branchName } from './branch-name.ts';
import { secretName } from './values.ts';

/** What images stand on when nothing else is said: the Node that Kova itself runs on, on Debian. */
export const defaultBase = 'node:24-bookworm-slim';

/** `node:24-bookworm-slim`, `registry.example.com:5000/team/base@sha256:…`: as an engine takes it. */
const reference = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?::[0-9]+)?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'is no name of an image, such as node:24-bookworm-slim',
  );

const registry = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]+)?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/,
    'write host, host:port or host/path, without https://',
  );

const credentials = z.strictObject({
  username: z.string().min(1),
  password: secretName.describe('name of the secret that holds it: `kova secrets set`'),
});

/** The image that the pipeline builds of a release. */
export const imageSchema = z.strictObject({
  base: reference.default(defaultBase).describe('the image that it stands on: Node, tini and what the app needs'),
  registry: registry
    .nullable()
    .default(null)
    .describe('where it is pushed to, as `<registry>/<project>`; null for an image that stays at the engine'),
  credentials: credentials.nullable().default(null).describe('for the registry; null for one that asks for none'),
  latest: branchName.default('main').describe('the branch whose images are called `latest` too'),
  pullRequests: z
    .boolean()
    .default(false)
    .describe('whether images of branches and pull requests that are only proved are pushed too'),
  platforms: z
    .array(z.enum(['linux/amd64', 'linux/arm64']))
    .default([])
    .describe("what it is for besides the engine's own. What cannot be built for one is said"),
  source: z
    .string()
    .regex(/^https?:\/\/[!-~]+$/, 'is no address')
    .nullable()
    .default(null)
    .describe('address of the sources, for the label'),
  licenses: z
    .string()
    .regex(/^[A-Za-z0-9.+() -]+$/, 'is no SPDX expression')
    .nullable()
    .default(null)
    .describe('SPDX expression, for the label'),
});

export type ImageConfig = z.output<typeof imageSchema>;
