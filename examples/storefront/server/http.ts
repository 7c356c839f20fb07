const NO_STORE = { 'cache-control': 'no-store' }

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...NO_STORE, ...headers } })
}

export function problem(status: number, code: string, message: string, more: object = {}): Response {
  return json({ error: { code, message, ...more } }, status)
}

/** A relative redirect after a form post: right behind any proxy, whatever host it serves. */
export function seeOther(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location: path, ...NO_STORE, ...headers },
  })
}

/** Forms are accepted from our own pages only; clients that are not browsers send no such header. */
export function isForeign(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  return site === 'cross-site' || site === 'same-site'
}
