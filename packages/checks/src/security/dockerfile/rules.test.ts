import { expect, test } from 'vitest';
import { parseDockerfile } from './parse.ts';
import { dockerRules } from './rules.ts';

/** `rule:line` of all that is found. */
function found(text: string): string[] {
  const file = parseDockerfile(text);
  return dockerRules.flatMap(({ id, check }) => check(file).map(({ at }) => `${id.replace('docker/', '')}:${at.line}`));
}

const good = `# syntax=docker/dockerfile:1
ARG NODE=24
FROM node:\${NODE}-slim AS build
RUN --mount=type=secret,id=npm npm ci
FROM gcr.io/distroless/nodejs24-debian12:nonroot AS base
HEALTHCHECK CMD ["/nodejs/bin/node", "health.js"]
FROM base
COPY --from=build /app /app
ADD --checksum=sha256:00 https://example.com/x.tgz /x
USER 1000
`;

test('a careful Dockerfile has no findings; a stage has what the one before has set', () => {
  expect(found(good)).toEqual([]);
});

test.each([
  ['root at the end', good.replace('USER 1000', 'USER root:root'), ['runs-as-root:10']],
  ['root for a while only', good.replace('USER 1000', 'USER 0\nRUN x\nUSER app'), []],
  ['no user', 'FROM a:1\nHEALTHCHECK CMD x\n', ['no-user:1']],
  ['a user in a stage that is not built upon', 'FROM a:1\nUSER x\nFROM b:1\nHEALTHCHECK CMD x', ['no-user:3']],
  [
    'the newest image',
    'FROM localhost:5000/a\nFROM --platform=linux/amd64 b:latest\nUSER x\nHEALTHCHECK CMD x',
    ['unpinned-image:1', 'unpinned-image:2'],
  ],
  ['a digest, and nothing at all', 'FROM a@sha256:00\nFROM scratch\nUSER x\nHEALTHCHECK CMD x', []],
  ['a download', good.replace('--checksum=sha256:00 ', ''), ['add-url:9']],
  [
    'a secret in ENV, continued over a comment',
    good.replace('USER 1000', 'ENV A=1 \\\n # b\n  API_KEY="x y"\nUSER a'),
    ['secret-in-env:10'],
  ],
  ['the old form of ENV', good.replace('USER 1000', 'ENV DB_PASSWORD hunter2\nUSER a'), ['secret-in-env:10']],
  [
    'a secret from outside',
    good.replace('USER 1000', 'ARG NPM_TOKEN\nENV TOKEN=$NPM_TOKEN\nUSER a'),
    ['secret-in-arg:10'],
  ],
  ['words that only look like one', good.replace('USER 1000', 'ENV TOKENIZER=x KEYBOARD=us\nUSER a'), []],
  [
    'a shell that runs a download',
    good.replace('USER 1000', 'RUN curl -s https://x.y | bash -\nUSER a'),
    ['pipe-to-shell:10'],
  ],
  ['what a heredoc holds is no instruction', good.replace('USER 1000', 'RUN <<EOF\nUSER root\nEOF\nUSER a'), []],
  ['no health check', 'FROM a:1\nUSER x', ['no-healthcheck:1']],
  ['nothing', '', []],
])('%s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});
