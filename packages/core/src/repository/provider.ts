/** Who hosts a repository; `git` is any server that speaks git and nothing else. */
export const providers = ['github', 'gitlab', 'gitea', 'git'] as const;

export type Provider = (typeof providers)[number];

/** Where a provider keeps the head of a pull request, in the repository that it is made to. */
export function pullRequestRef(provider: Provider, number: number): string {
  return provider === 'gitlab' ? `refs/merge-requests/${number}/head` : `refs/pull/${number}/head`;
}
