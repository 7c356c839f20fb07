import { KovaError } from '@kova/core/errors/kova-error';

/** What a check knows of where it runs. */
export interface Place {
  /** The app's directory; reports are written below it. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Tells a line to whoever watches. */
  say: (line: string) => void;
}

/** Says that something could not be checked here; never the same as "nothing was found". */
export function cannotCheck(reason: string, next: string, cause?: unknown): KovaError {
  return new KovaError('CHECK_IMPOSSIBLE', reason, { next, cause });
}
