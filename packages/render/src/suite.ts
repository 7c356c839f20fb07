import type { ProjectConfig } from '@kova/core/config/schema';

/** A file as it shall be. */
export interface RenderedFile {
  /** Relative to the top of the repository, with slashes. */
  path: string;
  text: string;
}

/** One kind of thing that a configuration can be written down as. */
export interface Suite {
  /** Lower-case, the word after `kova render`. */
  name: string;
  /** What it is for, in half a sentence. */
  about: string;
  /** The same configuration always gives the same text. */
  render(config: ProjectConfig): RenderedFile[];
}
