import { expression } from './expression.ts';

/** A directory that GitHub empties before and after each job. */
const place = (name: string) => ({
  path: `${expression('runner.temp')}/kova/${name}`,
  word: `"$RUNNER_TEMP/kova/${name}"`,
});

/** What jobs have made, to be handed on: as a value, and as a word for the shell. */
export const results = place('results');

/** What a job reports. */
export const reports = place('reports');
