import type { Product } from './product'

export const SORTS = ['featured', 'price-up', 'price-down', 'name'] as const
export type Sort = (typeof SORTS)[number]

export type ProductQuery = { category?: string; q?: string; sort?: Sort }

export function isSort(value: unknown): value is Sort {
  return SORTS.includes(value as Sort)
}

/** Products of the category that have every word of `q`, name matches first, then in the wished order. */
export function findProducts(products: readonly Product[], query: ProductQuery): Product[] {
  const words = wordsOf(query.q ?? '')
  const found = products
    .filter((product) => !query.category || product.category === query.category)
    .map((product) => ({ product, score: scoreOf(product, words) }))
    .filter((hit) => hit.score > 0)
  const bySort = comparator(query.sort ?? 'featured')
  return found
    .sort((a, b) => (query.sort ? 0 : b.score - a.score) || bySort(a.product, b.product))
    .map((hit) => hit.product)
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .slice(0, 80)
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

/** 0 when a word is missing; a word found in the name counts three times. */
function scoreOf(product: Product, words: string[]): number {
  const name = product.name.toLowerCase()
  const rest = `${product.tagline} ${product.categoryName} ${product.description}`.toLowerCase()
  let score = 1
  for (const word of words) {
    if (name.includes(word)) score += 3
    else if (rest.includes(word)) score += 1
    else return 0
  }
  return score
}

function comparator(sort: Sort): (a: Product, b: Product) => number {
  switch (sort) {
    case 'price-up':
      return (a, b) => a.priceCents - b.priceCents
    case 'price-down':
      return (a, b) => b.priceCents - a.priceCents
    case 'name':
      return (a, b) => a.name.localeCompare(b.name)
    case 'featured':
      return (a, b) => Number(b.featured) - Number(a.featured)
  }
}
