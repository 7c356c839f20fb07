/** Writes into the log of this process, with the time. */
export function say(...words: unknown[]): void {
  console.error(new Date().toISOString(), ...words);
}

/** What to do with an error that ends nothing: it is said, with what failed. */
export const told = (what: string) => (error: unknown) => say(what, error);
