export type Level = 'error' | 'warning' | 'note';

/** One thing that a tool found. */
export interface Finding {
  rule: string;
  level: Level;
  message: string;
  /** As seen from the app; null when it is about no file. */
  file: string | null;
  region: Region | null;
  /** Why somebody said that this may stay; null when it counts. */
  suppressed: string | null;
  /** Tells it from others of the same rule in the same file, whatever is written around it; else its line does. */
  identity?: string;
}

/** Lines and columns count from 1; the end column is the one after the last. */
export interface Region {
  startLine: number;
  startColumn?: number;
  endLine?: number;
  endColumn?: number;
}

/** What a rule is about. */
export interface Rule {
  id: string;
  description: string;
  help?: string;
  /** As GitHub weighs it, from 0 to 10. */
  weight?: number;
}

export interface Tool {
  name: string;
  version: string;
  url: string;
}
