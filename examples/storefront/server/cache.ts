import type { createClient } from 'redis'
import { log, messageOf } from './log'
import { processSingleton } from './process-singleton'

type Client = ReturnType<typeof createClient>

/** Long enough for a healthy Redis, short enough that a hung one does not slow a page. */
const PATIENCE_MS = 150

/** Undefined without REDIS_URL: the library is not even loaded then. Never waits for a connection. */
async function client(): Promise<Client | undefined> {
  const url = process.env.REDIS_URL
  if (!url) return undefined
  return processSingleton('redis', () => connect(url))
}

async function connect(url: string): Promise<Client> {
  const { createClient } = await import('redis')
  const created = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 1000,
      reconnectStrategy: (tries) => Math.min(tries * 100, 2000),
    },
  })
  let reachable = true
  created.on('ready', () => {
    reachable = true
    log('info', 'cache connected')
  })
  created.on('error', (error) => {
    if (reachable)
      log('warn', 'cache lost, going on without it', {
        error: messageOf(error),
      })
    reachable = false
  })
  created.connect().catch(() => {})
  return created as Client
}

export async function readCache<T>(key: string): Promise<T | undefined> {
  const text = await attempt((redis) => redis.get(key))
  return text ? (JSON.parse(text) as T) : undefined
}

export async function writeCache(key: string, value: unknown, seconds: number): Promise<void> {
  await attempt((redis) => redis.set(key, JSON.stringify(value), { EX: seconds }))
}

export async function dropCache(key: string): Promise<void> {
  await attempt((redis) => redis.del(key))
}

/** Undefined when no cache is configured, otherwise whether it answers. */
export async function cacheAnswers(): Promise<boolean | undefined> {
  if (!process.env.REDIS_URL) return undefined
  return (await attempt((redis) => redis.ping())) === 'PONG'
}

export async function closeCache(): Promise<void> {
  const redis = await client()
  redis?.destroy()
}

async function attempt<T>(work: (redis: Client) => Promise<T>): Promise<T | undefined> {
  const redis = await client()
  if (!redis?.isReady) return undefined
  let timer: NodeJS.Timeout | undefined
  const givenUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined)
  })
  try {
    return await Promise.race([work(redis), givenUp])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
