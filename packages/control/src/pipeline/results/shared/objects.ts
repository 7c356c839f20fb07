/** An object of a bucket as a list tells it. */
export interface ListedObject {
  name: string;
  bytes: number;
  writtenAt: Date;
}

/** Whole objects by name, each with the digest that it was written with. All throw when the store cannot be asked. */
export interface ObjectStore {
  /** Where they lie, for people. */
  place: string;
  /** Writes one to a file; null when there is none. @returns the digest that it claims, and when it was written */
  get(name: string, file: string): Promise<{ digest: string; writtenAt: Date } | null>;
  has(name: string): Promise<boolean>;
  /** Replaces one as a whole. @param digest hex SHA-256 of the file */
  put(name: string, file: string, digest: string): Promise<void>;
  list(): AsyncIterable<ListedObject>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}
