import { describe, expect, it } from 'vitest'
import type { Product } from './product'
import { findProducts, isSort } from './search'

const product = (slug: string, more: Partial<Product>): Product => ({
  ...{
    slug,
    name: slug,
    tagline: '',
    description: '',
    details: [],
    category: 'galley',
    categoryName: 'Galley',
  },
  ...{ priceCents: 1000, stock: 1, art: 'mug', hue: 0, featured: false },
  ...more,
})

const mug = product('mug', { name: 'Enamel Mug', priceCents: 1600 })
const throwBlanket = product('throw', {
  name: 'Wool Throw',
  category: 'cabin',
  categoryName: 'Cabin',
  priceCents: 9500,
})
const socks = product('socks', {
  name: 'Boot Socks',
  tagline: 'Warm wool',
  category: 'deck',
  priceCents: 1900,
  featured: true,
})
const all = [mug, socks, throwBlanket]

const slugs = (query: Parameters<typeof findProducts>[1]) => findProducts(all, query).map((hit) => hit.slug)

describe('finding products', () => {
  it('finds everything without a query, featured first', () => {
    expect(slugs({})).toEqual(['socks', 'mug', 'throw'])
  })

  it('puts hits in the name before hits in the text', () => {
    expect(slugs({ q: 'WOOL' })).toEqual(['throw', 'socks'])
  })

  it('wants every word', () => {
    expect(slugs({ q: 'wool boot' })).toEqual(['socks'])
    expect(slugs({ q: 'wool anchor' })).toEqual([])
  })

  it('takes punctuation as spaces', () => {
    expect(slugs({ q: "%' or 1=1 --" })).toEqual([])
    expect(slugs({ q: '  enamel-mug! ' })).toEqual(['mug'])
  })

  it('keeps to the category', () => {
    expect(slugs({ category: 'cabin' })).toEqual(['throw'])
    expect(slugs({ category: 'attic' })).toEqual([])
  })

  it.each([
    ['price-up', ['mug', 'socks', 'throw']],
    ['price-down', ['throw', 'socks', 'mug']],
    ['name', ['socks', 'mug', 'throw']],
  ] as const)('sorts by %s', (sort, expected) => expect(slugs({ sort })).toEqual(expected))

  it('lets the chosen order win over relevance', () => {
    expect(slugs({ q: 'wool', sort: 'price-up' })).toEqual(['socks', 'throw'])
  })
})

it('knows its sort orders', () => {
  expect(isSort('name')).toBe(true)
  expect(isSort('stock; drop table')).toBe(false)
})
