import { expect, it } from 'vitest'
import { get, order } from './shop'

it('streams a snapshot, then every change of stock', async () => {
  const leave = new AbortController()
  const response = await get('/api/stock/stream', { signal: leave.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = (response.body as ReadableStream).pipeThrough(new TextDecoderStream()).getReader()
  const until = async (wanted: RegExp) => {
    for (let text = ''; ; ) {
      const { value, done } = await reader.read()
      text += value ?? ''
      if (wanted.test(text)) return text
      if (done) throw new Error(`The stream ended without ${wanted}: ${text}`)
    }
  }
  await until(/event: snapshot\ndata: \{.*\}\n\n/)
  // The listener may still be on its way to the database: order until a change is heard.
  const ordering = setInterval(() => void order([{ slug: 'harbour-mug', quantity: 1 }]), 400)
  try {
    expect(await until(/event: stock\ndata: .*\n\n/)).toContain('harbour-mug')
  } finally {
    clearInterval(ordering)
    leave.abort()
  }
})
