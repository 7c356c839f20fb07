import { Secret } from '@kova/core/secret';
import type { SlotSpec } from '../../ports/runtime.ts';

/** Where a container finds its secrets. */
const secretsFile = 'kova-env';
const secretsPath = `/run/secrets/${secretsFile}`;

/** Reads the secrets into the environment and becomes the app; it is given no text but the app's own arguments. */
const entry = ['/bin/sh', '-c', `. ${secretsPath}; exec "$@"`, 'kova'];

export { secretsFile };

/** The command of a container: a shell stands before it when there are secrets to take into the environment. */
export function commandOf({ start, env }: Pick<SlotSpec, 'start' | 'env'>): string[] {
  return hasSecrets(env) ? [...entry, ...start] : [...start];
}

export function hasSecrets(env: SlotSpec['env']): boolean {
  return Object.values(env).some((value) => value instanceof Secret);
}

/**
 * The secrets as a shell reads them: `export KEY='value'`, a line each. Only names that a shell takes can be given so.
 * They are in no specification of a service, which anybody who may speak to the engine can read.
 */
export function secretsText(env: SlotSpec['env']): string {
  return Object.entries(env)
    .flatMap(([key, value]) => (value instanceof Secret ? [`export ${key}=${quoted(value.reveal())}\n`] : []))
    .join('');
}

/** What is no secret, as `KEY=value`. */
export function plainEnv(env: SlotSpec['env']): string[] {
  return Object.entries(env).flatMap(([key, value]) =>
    value instanceof Secret ? [] : [`${key}=${withoutTemplate(value)}`],
  );
}

/** The secrets as `KEY=value`, for a command beside the app: in no specification, only in the command's own environment. */
export function secretEnv(env: SlotSpec['env']): string[] {
  return Object.entries(env).flatMap(([key, value]) => (value instanceof Secret ? [`${key}=${value.reveal()}`] : []));
}

/** A swarm fills in templates in environment variables; what looks like one is taken literally. */
function withoutTemplate(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}

/** A template for the number of an instance, from 0 on, of which a swarm counts from 1 on and cannot subtract. */
export function indexTemplate(instances: number): string {
  const cases = Array.from({ length: instances }, (_, index) => `if eq .Task.Slot "${index + 1}"}}${index}{{`);
  return `{{${cases.join('else ')}end}}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
