/** What is running, as told by whoever started it. */
export function release() {
  return {
    id: process.env.KOVA_RELEASE_ID || 'local',
    environment: process.env.KOVA_ENVIRONMENT || 'local',
  }
}
