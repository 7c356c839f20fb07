import type { Product } from '@/lib/product'
import { dropCache, readCache, writeCache } from './cache'
import { pool } from './database'
import { FreshValue } from './fresh-value'
import { processSingleton } from './process-singleton'

export type Category = { slug: string; name: string; blurb: string }
export type Catalogue = { categories: Category[]; products: Product[] }

/** Raise the number when the shape of `Catalogue` changes: old and new releases share the cache. */
const CACHE_KEY = 'storefront:catalogue:1'
const CACHE_SECONDS = 10

const cached = () =>
  processSingleton('catalogue', () => new FreshValue(load, { freshMs: 1500, usableMs: 60_000 }))

/** Categories and products, at most about ten seconds old (two without Redis). */
export function getCatalogue(): Promise<Catalogue> {
  return cached().get()
}

export async function getProduct(slug: string): Promise<Product | undefined> {
  const { products } = await getCatalogue()
  return products.find((product) => product.slug === slug)
}

/** Call after stock changed, so that the next page shows it. */
export async function forgetCatalogue(): Promise<void> {
  await dropCache(CACHE_KEY)
  cached().forget()
}

async function load(): Promise<Catalogue> {
  const known = await readCache<Catalogue>(CACHE_KEY)
  if (known) return known
  const catalogue = await query()
  await writeCache(CACHE_KEY, catalogue, CACHE_SECONDS)
  return catalogue
}

async function query(): Promise<Catalogue> {
  const [categories, products] = await Promise.all([
    pool().query<Category>('select slug, name, blurb from categories order by position'),
    pool().query<Product>(
      `select p.slug, p.name, p.tagline, p.description, p.details, p.category,
              c.name as "categoryName", p.price_cents as "priceCents", p.stock, p.art, p.hue, p.featured
         from products p join categories c on c.slug = p.category
        order by p.id`,
    ),
  ])
  return { categories: categories.rows, products: products.rows }
}
