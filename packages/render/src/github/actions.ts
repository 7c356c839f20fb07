/**
 * The actions that the workflow uses. A tag can be moved to other code, a commit cannot: each is named by the commit
 * that its newest release pointed to when the tags of its repository were read, on 2026-11-24.
 */
const pins = {
  'actions/checkout': { commit: '3d3c42e5aac5ba805825da76410c181273ba90b1', tag: 'v7.0.1' },
  'actions/setup-node': { commit: '820762786026740c76f36085b0efc47a31fe5020', tag: 'v7.0.0' },
  'actions/cache/restore': { commit: '27d5ce7f107fe9357f9df03efb73ab90386fccae', tag: 'v5.0.5' },
  'actions/cache/save': { commit: '27d5ce7f107fe9357f9df03efb73ab90386fccae', tag: 'v5.0.5' },
  'actions/upload-artifact': { commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f', tag: 'v7.0.0' },
  'github/codeql-action/upload-sarif': { commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e', tag: 'v4.36.2' },
} as const;

/** What `uses` says. */
export function pinned(action: keyof typeof pins): string {
  return `${action}@${pins[action].commit}`;
}

/** The release that a pinned action was, for those who read; null for anything else. */
export function tagOf(uses: string): string | null {
  const [action = ''] = uses.split('@');
  return action in pins ? pins[action as keyof typeof pins].tag : null;
}
