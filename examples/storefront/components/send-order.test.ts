import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sendOrder } from './send-order'

const order = {
  customer: { name: 'Ada', email: 'ada@example.com', address: '1 Quay', city: 'Falmouth', postcode: 'TR11' },
  lines: [{ slug: 'mug', quantity: 1 }],
}

const answer = (status: number, body: object) => Response.json(body, { status })

/** Sends, letting the pauses between tries pass at once. */
async function sent() {
  const sending = sendOrder('key-12345', order)
  await vi.runAllTimersAsync()
  return sending
}

let fetched: ReturnType<typeof vi.fn>

beforeEach(() => {
  vi.useFakeTimers()
  fetched = vi.fn()
  vi.stubGlobal('fetch', fetched)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('returns the id of the placed order', async () => {
  fetched.mockResolvedValueOnce(answer(201, { id: 'o-1' }))
  expect(await sendOrder('key-12345', order)).toEqual({ ok: true, orderId: 'o-1' })
})

it('tries again with the same key when no answer came', async () => {
  fetched
    .mockRejectedValueOnce(new TypeError('network'))
    .mockResolvedValueOnce(answer(502, {}))
    .mockResolvedValueOnce(answer(200, { id: 'o-1' }))
  expect(await sent()).toEqual({ ok: true, orderId: 'o-1' })
  expect(fetched.mock.calls.map(([, init]) => init.headers['idempotency-key'])).toEqual(
    Array(3).fill('key-12345'),
  )
})

it('does not insist when the shop says no', async () => {
  fetched.mockResolvedValueOnce(answer(409, { error: { message: 'Sold out.' } }))
  expect(await sendOrder('key-12345', order)).toEqual({ ok: false, message: 'Sold out.', fields: undefined })
  expect(fetched).toHaveBeenCalledTimes(1)
})

it('gives up kindly after three tries', async () => {
  fetched.mockRejectedValue(new TypeError('network'))
  expect(await sent()).toMatchObject({ ok: false })
  expect(fetched).toHaveBeenCalledTimes(3)
})
