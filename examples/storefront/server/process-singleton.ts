/**
 * One value per process. Next bundles pages and route handlers apart, so a module-level
 * variable would exist once per bundle; pools and subscriptions must not.
 */
export function processSingleton<T>(name: string, create: () => T): T {
  const key = Symbol.for(`tidewater.${name}`)
  const holder = globalThis as unknown as Record<symbol, T | undefined>
  holder[key] ??= create()
  return holder[key]
}
