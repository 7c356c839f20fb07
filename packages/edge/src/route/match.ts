/** Which value answers for a host: the exact name, else the longest `*.suffix`, else `*`. */
export class HostMap<T> {
  readonly #exact = new Map<string, T>();
  readonly #suffixes: [suffix: string, value: T][] = [];
  #any: T | undefined;

  constructor(entries: Iterable<readonly [pattern: string, value: T]>) {
    for (const [pattern, value] of entries) {
      if (pattern === '*') this.#any = value;
      else if (pattern.startsWith('*.')) this.#suffixes.push([pattern.slice(1), value]);
      else this.#exact.set(pattern, value);
    }
    this.#suffixes.sort((a, b) => b[0].length - a[0].length);
  }

  /** `host` as in the `Host` header: any case, with or without a port. */
  match(host: string): T | undefined {
    return this.#exact.get(host) ?? this.#matchName(hostName(host));
  }

  #matchName(name: string): T | undefined {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    for (const [suffix, value] of this.#suffixes) {
      if (name.length > suffix.length && name.endsWith(suffix)) return value;
    }
    return this.#any;
  }
}

function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  const bare = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  const name = bare.toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
