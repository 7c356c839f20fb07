import type { HookProvider } from '../hook.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';

const all: Readonly<Record<string, HookProvider>> = { github, gitlab, gitea };

/** Null when no such provider sends messages. */
export function hookProvider(name: string): HookProvider | null {
  return Object.hasOwn(all, name) ? (all[name] ?? null) : null;
}
