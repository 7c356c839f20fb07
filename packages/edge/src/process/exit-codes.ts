/** How a starting edge tells its launcher what was wrong. */
export const exitCodes = { failed: 1, usage: 2, alreadyRunning: 97, portInUse: 98 } as const;
