export const stickyCookie = 'kova_slot';

/** The sticky value in a `Cookie` header, or null. */
export function readSticky(cookies: string | null): string | null {
  if (cookies === null) return null;
  const match = /(?:^|;\s*)kova_slot=([0-9a-f]{1,64})(?:;|$)/.exec(cookies);
  return match?.[1] ?? null;
}

export function stickyHeader(value: string): string {
  return `${stickyCookie}=${value}; Path=/; HttpOnly; SameSite=Lax`;
}
