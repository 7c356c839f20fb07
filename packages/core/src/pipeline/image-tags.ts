import type { ImageConfig } from '../config/image.ts';

/** What a run tells of the commit that it proves. */
export interface Proved {
  commit: string;
  /** `main`, `pull-request:12`; null when nobody said. */
  branch: string | null;
  /** Null for a run of what is shipped. */
  scope: string | null;
}

const longestTag = 128;
const pullRequest = /^pull-request:(\d+)$/;

/** The tags of an image: by its commit, by its branch or pull request, and `latest` for what is shipped of one branch. */
export function imageTags({ commit, branch, scope }: Proved, { latest }: Pick<ImageConfig, 'latest'>): string[] {
  const tags = [`sha-${commit.slice(0, 12)}`];
  if (branch !== null) tags.push(branchTag(branch));
  if (branch === latest && scope === null) tags.push('latest');
  return [...new Set(tags)];
}

/** A tag takes fewer characters than a branch; what begins alike may then be one, and the newer has it. */
function branchTag(branch: string): string {
  const number = pullRequest.exec(branch)?.[1];
  if (number !== undefined) return `pr-${number}`;
  const tag = branch
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, longestTag);
  // Nobody's branch takes a name that says something else.
  return tag === '' || tag === 'latest' || /^(sha|pr)-/.test(tag) ? `branch-${tag}`.slice(0, longestTag) : tag;
}

/** Where images of the project are kept: `registry.example.com/shop`, or a name of the engine alone. */
export function imageName(project: string, { registry }: Pick<ImageConfig, 'registry'>): string {
  return `${registry ?? 'kova'}/${project}`;
}
