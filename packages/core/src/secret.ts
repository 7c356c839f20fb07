/**
 * A value that cannot print. It redacts itself in string conversion, JSON, and Node's inspection;
 * `reveal()` is the one way out, so that every use of the plain value can be found by its name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Replaces every occurrence of the known secrets in `text`, longest first, so that no tail of one is left. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= 4);
  values.sort((a, b) => b.length - a.length);
  return values.reduce((scrubbed, value) => scrubbed.replaceAll(value, '[secret]'), text);
}
