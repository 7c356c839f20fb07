import type { Level, Rule } from '../finding.ts';
import type { Dockerfile, Instruction, Stage } from './parse.ts';

/** What a rule has against an instruction. */
export interface Objection {
  at: Instruction;
  message: string;
}

export interface DockerRule extends Rule {
  level: Level;
  check: (file: Dockerfile) => Objection[];
}

const all = ({ globals, stages }: Dockerfile, name: string) =>
  [...globals, ...stages.flatMap(({ instructions }) => instructions)].filter((one) => one.name === name);

/** The image of a FROM, without its flags and its alias. */
const imageOf = ({ from }: Stage) => from.words.split(/\s+/).find((word) => !word.startsWith('--')) ?? '';

/** The last stage, and those it is built upon: what is set there holds for it. */
function lineage({ stages }: Dockerfile): Instruction[] {
  const chain: Instruction[] = [];
  let stage = stages.at(-1);
  while (stage) {
    chain.unshift(...stage.instructions);
    const image = imageOf(stage).toLowerCase();
    const before: Stage[] = stages.slice(0, stages.indexOf(stage));
    stage = before.findLast(({ alias }) => alias === image);
  }
  return chain;
}

const secretName = /(?:^|_)(?:password|passwd|secret|token|api_?key|private_?key|access_?key|credentials?)(?:$|_)/i;

/** `NAME=value NAME2="two words"`, or the old `NAME value`. */
function assignments({ words }: Instruction): Array<{ name: string; value: string }> {
  const pairs = [...words.matchAll(/(?<name>[\w.]+)=(?<value>"(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)];
  if (pairs.length > 0) {
    return pairs.map(({ groups: { name = '', value = '' } = {} }) => ({
      name,
      value: value.replace(/^["']|["']$/g, ''),
    }));
  }
  const [name = '', ...value] = words.trim().split(/\s+/);
  return [{ name, value: value.join(' ') }];
}

const secretsIn = (file: Dockerfile, name: string) =>
  all(file, name)
    .flatMap((at) => assignments(at).map((each) => ({ ...each, at })))
    .filter((each) => secretName.test(each.name));

export const dockerRules: readonly DockerRule[] = [
  {
    id: 'docker/runs-as-root',
    level: 'error',
    description: 'The container runs as root because it says so',
    weight: 7.5,
    check: (file) => {
      const user = lineage(file).findLast(({ name }) => name === 'USER');
      const isRoot = /^(?:root|0)(?::|$)/.test(user?.words.trim() ?? '');
      return user && isRoot ? [{ at: user, message: 'the last USER is root; end with one that is not' }] : [];
    },
  },
  {
    id: 'docker/no-user',
    level: 'warning',
    description: 'Nothing says that the container does not run as root',
    weight: 5,
    check: (file) => {
      const last = file.stages.at(-1);
      if (!last || /nonroot/.test(imageOf(last)) || lineage(file).some(({ name }) => name === 'USER')) return [];
      return [{ at: last.from, message: 'there is no USER: most images run as root then; add one' }];
    },
  },
  {
    id: 'docker/unpinned-image',
    level: 'warning',
    description: 'The base image may be another one tomorrow',
    weight: 3,
    check: ({ stages }) =>
      stages.flatMap((stage, index) => {
        const image = imageOf(stage);
        const own = stages.slice(0, index).some(({ alias }) => alias === image.toLowerCase());
        if (own || image === 'scratch' || /[$@]/.test(image)) return [];
        const tag = /:([^/:]+)$/.exec(image)?.[1];
        return tag && tag !== 'latest'
          ? []
          : [{ at: stage.from, message: `${image} names no version; write a tag or digest` }];
      }),
  },
  {
    id: 'docker/add-url',
    level: 'warning',
    description: 'What is downloaded is not checked',
    weight: 5,
    check: (file) =>
      all(file, 'ADD')
        .filter(({ words }) => /(?:^|[\s"'[])https?:\/\//i.test(words) && !/--checksum=/.test(words))
        .map((at) => ({ at, message: 'ADD downloads without a check; give --checksum' })),
  },
  {
    id: 'docker/secret-in-env',
    level: 'error',
    description: 'A secret is part of the image',
    weight: 8,
    check: (file) =>
      ['ENV', 'ARG']
        .flatMap((name) => secretsIn(file, name))
        .filter(({ value }) => value !== '' && !value.startsWith('$'))
        .map(({ at, name }) => ({
          at,
          message: `${name} is written into the image; mount it with RUN --mount=type=secret`,
        })),
  },
  {
    id: 'docker/secret-in-arg',
    level: 'warning',
    description: 'A secret is given as a build argument, and stays in the history of the image',
    weight: 5,
    check: (file) =>
      secretsIn(file, 'ARG')
        .filter(({ value }) => value === '')
        .map(({ at, name }) => ({
          at,
          message: `${name} stays in the image's history; mount it with RUN --mount=type=secret`,
        })),
  },
  {
    id: 'docker/pipe-to-shell',
    level: 'warning',
    description: 'What is downloaded is run unseen',
    weight: 5,
    check: (file) =>
      all(file, 'RUN')
        .filter(({ words }) => /\b(?:curl|wget)\b[^;&]*\|\s*(?:sudo\s+)?(?:ba|da|z)?sh\b/.test(words))
        .map((at) => ({ at, message: 'a download is piped into a shell; check it before it runs' })),
  },
  {
    id: 'docker/no-healthcheck',
    level: 'note',
    description: 'Nobody notices when the container hangs',
    check: (file) => {
      const last = file.stages.at(-1);
      if (!last || lineage(file).some(({ name }) => name === 'HEALTHCHECK')) return [];
      return [{ at: last.from, message: 'there is no HEALTHCHECK' }];
    },
  },
];
