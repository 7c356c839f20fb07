/** A step of a job, with its keys in the order they are written. */
export interface Step {
  name?: string;
  id?: string;
  if?: string;
  'continue-on-error'?: boolean;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  run?: string;
}
