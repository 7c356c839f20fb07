import type { ProjectConfig } from '@kova/core/config/schema';

/** A file as it shall be. */
export interface RenderedFile {
  /** Relative to the top of the repository, with slashes. */
  path: string;
  text: string;
}

/** What may be said on the command line besides the configuration. */
export interface SuiteOption {
  /** One word: `image` is `--image` on the command line. */
  name: string;
  /** What its value is called in the help. */
  value: string;
  about: string;
  /** It speaks of a moment, not of the configuration: what it gives is printed, and no file of the repository holds it. */
  momentary: boolean;
}

/** By the names of the options. */
export type SuiteValues = Readonly<{ [option: string]: string | undefined }>;

/** One kind of thing that a configuration can be written down as. */
export interface Suite {
  /** Lower-case, the word after `kova render`. */
  name: string;
  /** What it is for, in half a sentence. */
  about: string;
  options?: readonly SuiteOption[];
  /** The same configuration and values always give the same text. @throws KovaError INPUT_INVALID for a wrong value */
  render(config: ProjectConfig, values?: SuiteValues): RenderedFile[];
}
