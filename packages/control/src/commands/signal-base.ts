/** What is added to the number of a signal for the exit code of what it ended, as shells and containers have it. */
export const signalBase = 128;
