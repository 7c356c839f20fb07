import { cookies } from 'next/headers'
import { CART_COOKIE, type Cart, countItems, parseCart } from '@/lib/cart'
import { lineTotal, type Totals, totalsOf } from '@/lib/pricing'
import type { Product } from '@/lib/product'
import { getCatalogue } from './catalogue'

export type CartViewLine = {
  product: Product
  quantity: number
  totalCents: number
  /** Why this line cannot be ordered as it is. */
  problem?: string
}

export type CartView = {
  lines: CartViewLine[]
  count: number
  totals: Totals
  orderable: boolean
}

export async function readCart(): Promise<Cart> {
  return parseCart((await cookies()).get(CART_COOKIE)?.value)
}

/** The cart with today's names, prices and stock; products that no longer exist are left out. */
export async function viewCart(cart: Cart): Promise<CartView> {
  const { products } = await getCatalogue()
  const lines = cart.flatMap(({ slug, quantity }) => {
    const product = products.find((candidate) => candidate.slug === slug)
    return product ? [viewLine(product, quantity)] : []
  })
  return {
    lines,
    count: countItems(
      lines.map((line) => ({
        slug: line.product.slug,
        quantity: line.quantity,
      })),
    ),
    totals: totalsOf(
      lines.map((line) => ({
        unitCents: line.product.priceCents,
        quantity: line.quantity,
      })),
    ),
    orderable: lines.length > 0 && lines.every((line) => !line.problem),
  }
}

function viewLine(product: Product, quantity: number): CartViewLine {
  const totalCents = lineTotal({ unitCents: product.priceCents, quantity })
  if (quantity <= product.stock) return { product, quantity, totalCents }
  const problem = product.stock === 0 ? 'Sold out. Remove it to order.' : `Only ${product.stock} left.`
  return { product, quantity, totalCents, problem }
}
