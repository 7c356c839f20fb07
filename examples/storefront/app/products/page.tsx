import type { Metadata } from 'next'
import { ProductFilters } from '@/components/product-filters'
import { ProductGrid } from '@/components/product-grid'
import { findProducts, isSort, type ProductQuery } from '@/lib/search'
import { getCatalogue } from '@/server/catalogue'

export const metadata: Metadata = { title: 'Shop' }

type Search = Record<string, string | string[] | undefined>

export default async function ProductsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const query = toQuery(await searchParams)
  const { categories, products } = await getCatalogue()
  const found = findProducts(products, query)
  const category = categories.find((candidate) => candidate.slug === query.category)
  return (
    <div className="page">
      <h1>{query.q ? `Results for “${query.q}”` : (category?.name ?? 'The whole shop')}</h1>
      {category && !query.q && <p className="muted">{category.blurb}</p>}
      <ProductFilters categories={categories} query={query} count={found.length} />
      {found.length > 0 ? (
        <ProductGrid products={found} />
      ) : (
        <p className="notice">Nothing washed up for that. Try a shorter word, or another department.</p>
      )}
    </div>
  )
}

function toQuery(search: Search): ProductQuery {
  const text = (value: string | string[] | undefined) =>
    typeof value === 'string' && value ? value : undefined
  return {
    category: text(search.category),
    q: text(search.q)?.slice(0, 80),
    sort: isSort(search.sort) ? search.sort : undefined,
  }
}
