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

const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|_KEY$|DSN$/i;
const passwordInUrl = /:\/\/[^/\s]*:[^/\s]*@/;

/** A variable whose name says that it is secret, or that is an address with a password in it, cannot print. */
export function concealed(name: string, value: string): string | Secret {
  return secretName.test(name) || passwordInUrl.test(value) ? new Secret(value) : value;
}

/** Replaces every occurrence of the known secrets in `text`, longest first, so that no tail of one is left. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= 4);
  values.sort((a, b) => b.length - a.length);
  return values.reduce((scrubbed, value) => scrubbed.replaceAll(value, '[secret]'), text);
}
