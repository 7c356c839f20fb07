/** An engine that is stopped stops its containers within this time, and starts them when it is back. */
export const engineEndsWithinMs = 15_000;

const answersWithinMs = 15_000;

/** For a call that takes an engine no time: one that hangs is as one that is away. */
export function enginePatience(): AbortSignal {
  return AbortSignal.timeout(answersWithinMs);
}
