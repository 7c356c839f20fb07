import { subscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { closeCache } from './cache'
import { healthPool, pool } from './database'
import { log } from './log'
import { stockFeed } from './stock-feed'

const POLL_MS = 20

/**
 * On SIGTERM Next stops accepting and waits for open connections. What it does not know: streams
 * never end by themselves, a kept-alive connection brings one request after another, and the
 * database should see its connections closed, not cut.
 */
export function closeOnSignal(): void {
  const inFlight = new Set<ServerResponse>()
  let closing = false

  subscribe('http.server.request.start', (message) => {
    const { response } = message as { response: ServerResponse }
    if (closing) response.shouldKeepAlive = false
    inFlight.add(response)
    response.once('close', () => inFlight.delete(response))
  })

  const close = (signal: string) => {
    closing = true
    log('info', 'closing', { signal, inFlight: inFlight.size })
    for (const response of inFlight) response.shouldKeepAlive = false
    void stockFeed().close()
    const whenIdle = () => {
      if (inFlight.size > 0) setTimeout(whenIdle, POLL_MS).unref()
      else closeConnections()
    }
    whenIdle()
  }
  process.once('SIGTERM', close)
  process.once('SIGINT', close)
}

function closeConnections(): void {
  void closeCache()
  if (!process.env.DATABASE_URL) return
  void pool().end()
  void healthPool().end()
}
