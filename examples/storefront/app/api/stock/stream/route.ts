import { getCatalogue } from '@/server/catalogue'
import { stockFeed } from '@/server/stock-feed'

export const dynamic = 'force-dynamic'

const HEARTBEAT_MS = 15_000

/** Server-Sent Events: `snapshot` with all stock first, then `stock` for every change. */
export async function GET(request: Request): Promise<Response> {
  const { products } = await getCatalogue()
  const snapshot = JSON.stringify(Object.fromEntries(products.map(({ slug, stock }) => [slug, stock])))
  return new Response(stockStream(snapshot, request.signal), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

function stockStream(snapshot: string, gone: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let stop = () => {}
  return new ReadableStream({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text))
      send(`retry: 2000\nevent: snapshot\ndata: ${snapshot}\n\n`)
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS)
      let ended = false
      const end = () => {
        if (ended) return
        stop()
        controller.close()
      }
      const unsubscribe = stockFeed().subscribe({
        change: (change) => send(`event: stock\ndata: ${change}\n\n`),
        end,
      })
      stop = () => {
        ended = true
        clearInterval(heartbeat)
        unsubscribe()
      }
      gone.addEventListener('abort', end, { once: true })
    },
    cancel() {
      stop()
    },
  })
}
