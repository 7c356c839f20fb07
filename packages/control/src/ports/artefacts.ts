/** Content-addressed archives of built releases. */
export interface Artefacts {
  /**
   * Packs the directory into a compressed tar, the same bytes for the same content, and keeps it.
   * Idempotent. Refuses links that lead out of the directory with ARTEFACT_UNSAFE.
   */
  pack(directory: string): Promise<{ digest: string; bytes: number }>;

  /**
   * Unpacks the artefact into `directory`, which is replaced as a whole when all is checked. It can be read by the
   * group `readers`, when that is given, else by everybody who can get there.
   * @throws KovaError ARTEFACTS_UNAVAILABLE, ARTEFACT_MISSING, ARTEFACT_CORRUPT (the bytes do not match the digest), ARTEFACT_UNSAFE
   */
  unpack(digest: string, directory: string, readers?: number): Promise<void>;

  has(digest: string): Promise<boolean>;

  /** Removes all but the named ones; returns the bytes freed. */
  prune(keep: ReadonlySet<string>): Promise<number>;
}
