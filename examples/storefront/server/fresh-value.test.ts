import { expect, it, vi } from 'vitest'
import { FreshValue } from './fresh-value'

const times = { freshMs: 1000, usableMs: 60_000 }

it('loads once for callers that come together', async () => {
  const load = vi.fn(async () => 'loaded')
  const value = new FreshValue(load, times)
  expect(await Promise.all([value.get(), value.get(), value.get()])).toEqual(['loaded', 'loaded', 'loaded'])
  expect(load).toHaveBeenCalledTimes(1)
})

it('does not load while fresh, and loads after being told to forget', async () => {
  const load = vi.fn(async () => load.mock.calls.length)
  const value = new FreshValue(load, times)
  expect([await value.get(), await value.get()]).toEqual([1, 1])
  value.forget()
  expect(await value.get()).toBe(2)
})

it('serves the last value when loading fails', async () => {
  let broken = false
  const value = new FreshValue(
    async () => {
      if (broken) throw new Error('gone')
      return 'good'
    },
    { freshMs: 0, usableMs: 60_000 },
  )
  await value.get()
  broken = true
  expect(await value.get()).toBe('good')
})

it('fails when there is nothing to serve', async () => {
  const value = new FreshValue(async () => Promise.reject(new Error('gone')), times)
  await expect(value.get()).rejects.toThrow('gone')
})
