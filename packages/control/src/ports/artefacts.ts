export interface UnpackOptions {
  /** The group that can read it; left out, everybody who can get there. */
  readers?: number | undefined;
  /** A path in it, `.next/static`: nothing but what lies there is unpacked, to the same path; left out, all. */
  only?: string | undefined;
  /** The directory is not replaced any more after its abort. */
  signal?: AbortSignal;
}

/** Content-addressed archives of built releases. */
export interface Artefacts {
  /**
   * Packs the directory into a compressed tar, the same bytes for the same content, and keeps it.
   * Idempotent. Refuses links that lead out of the directory with ARTEFACT_UNSAFE.
   */
  pack(directory: string): Promise<{ digest: string; bytes: number }>;

  /**
   * Unpacks the artefact into `directory`, which is replaced as a whole when all is checked.
   * @throws KovaError ARTEFACTS_UNAVAILABLE, ARTEFACT_MISSING, ARTEFACT_CORRUPT (the bytes do not match the digest),
   * ARTEFACT_UNSAFE
   */
  unpack(digest: string, directory: string, options?: UnpackOptions): Promise<void>;

  /** @throws KovaError ARTEFACTS_UNAVAILABLE when it cannot be told */
  has(digest: string): Promise<boolean>;

  /** Removes all but the named ones; returns the bytes freed. */
  prune(keep: ReadonlySet<string>): Promise<number>;
}
