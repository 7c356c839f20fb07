import type { NextRequest } from 'next/server'
import { findProducts, isSort } from '@/lib/search'
import { getCatalogue } from '@/server/catalogue'
import { json } from '@/server/http'

/** GET /api/products?category=&q=&sort= */
export async function GET(request: NextRequest): Promise<Response> {
  const query = request.nextUrl.searchParams
  const sort = query.get('sort')
  const { products } = await getCatalogue()
  const found = findProducts(products, {
    category: query.get('category') ?? undefined,
    q: query.get('q') ?? undefined,
    sort: isSort(sort) ? sort : undefined,
  })
  return json({ count: found.length, products: found })
}
