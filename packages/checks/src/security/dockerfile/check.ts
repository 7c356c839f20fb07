import type { Place } from '../../check.ts';
import type { Finding } from '../finding.ts';
import type { Checked, Part } from '../part.ts';
import { readText } from '../text-file.ts';
import { parseDockerfile } from './parse.ts';
import { dockerRules } from './rules.ts';

const isDockerfile = /(?:^|\/)(?:(?:Dockerfile|Containerfile)(?:\.[\w-]+)?|[\w.-]+\.(?:Dockerfile|Containerfile))$/i;

/** How images are built, by the project's Dockerfiles. */
export const dockerfilePart: Part = {
  name: 'dockerfile',
  tool: { name: 'kova-check-dockerfile', version: '0.1.0', url: 'https://docs.docker.com/reference/dockerfile/' },
  check: checkDockerfiles,
};

async function checkDockerfiles({ cwd }: Place, files: readonly string[]): Promise<Checked | null> {
  const own = files.filter((file) => isDockerfile.test(file) && !file.endsWith('.dockerignore'));
  if (own.length === 0) return null;
  const findings: Finding[] = [];
  for (const file of own) {
    const content = await readText(cwd, file);
    if (typeof content !== 'string') findings.push(...findingsOf(file, content.text));
  }
  return { findings, rules: dockerRules, passedOver: [], told: own.join(', ') };
}

function findingsOf(file: string, text: string): Finding[] {
  const parsed = parseDockerfile(text);
  return dockerRules.flatMap(({ id, level, check }) =>
    check(parsed).map(({ at, message }) => ({
      ...{ rule: id, level, message, file, suppressed: null },
      region: { startLine: at.line, endLine: at.endLine },
    })),
  );
}
