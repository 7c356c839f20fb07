import { randomUUID } from 'node:crypto'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { CheckoutForm } from '@/components/checkout-form'
import { TotalsList } from '@/components/totals-list'
import { formatMoney } from '@/lib/money'
import { readCart, viewCart } from '@/server/cart-view'
import styles from './checkout.module.css'

export const metadata: Metadata = { title: 'Check out' }

type Search = { fields?: string; problem?: string }

export default async function CheckoutPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { fields, problem } = await searchParams
  const cart = await viewCart(await readCart())
  if (!cart.orderable) redirect('/cart')
  const lines = cart.lines.map(({ product, quantity }) => ({
    slug: product.slug,
    quantity,
  }))
  return (
    <div className="page">
      <h1>Check out</h1>
      <div className={styles.columns}>
        <CheckoutForm
          lines={lines}
          idempotencyKey={randomUUID()}
          refused={fields?.split(',') ?? []}
          expired={problem === 'expired'}
          total={formatMoney(cart.totals.totalCents)}
        />
        <section className={`card ${styles.summary}`} aria-labelledby="summary">
          <h2 id="summary">Your order</h2>
          <ul>
            {cart.lines.map(({ product, quantity, totalCents }) => (
              <li key={product.slug}>
                <span>
                  {product.name} <span className="muted">× {quantity}</span>
                </span>
                <span>{formatMoney(totalCents)}</span>
              </li>
            ))}
          </ul>
          <TotalsList totals={cart.totals} />
        </section>
      </div>
    </div>
  )
}
