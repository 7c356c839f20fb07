/** A stage of a Dockerfile: its first line says what it stands on and how it is called. */
export type Stage = readonly string[];

export function stagesText(stages: readonly Stage[]): string {
  return stages.map((stage) => `${stage.join('\n')}\n`).join('\n');
}

/** User and group of all that runs: numbers, as a base may know no names. Not root, which Kubernetes can see. */
export const appUser = '1000:1000';
/** Where the app lies. */
export const appDirectory = '/app';
/** Where it listens, unless PORT says otherwise. */
export const appPort = 3000;
