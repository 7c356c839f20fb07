type Fields = Record<string, string | number | boolean | undefined>

/** One JSON line per event. Errors and warnings go to stderr. */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: Fields = {}): void {
  const line = JSON.stringify({
    at: new Date().toISOString(),
    level,
    message,
    ...fields,
  })
  if (level === 'info') console.log(line)
  else console.error(line)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
