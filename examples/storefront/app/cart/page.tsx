import type { Metadata } from 'next'
import { CartLines } from '@/components/cart-lines'
import { TotalsList } from '@/components/totals-list'
import { formatMoney } from '@/lib/money'
import { untilFreeDelivery } from '@/lib/pricing'
import { readCart, viewCart } from '@/server/cart-view'
import styles from './cart.module.css'

export const metadata: Metadata = { title: 'Your cart' }

export default async function CartPage() {
  const cart = await viewCart(await readCart())
  if (cart.lines.length === 0) return <EmptyCart />
  const missing = untilFreeDelivery(cart.totals)
  return (
    <div className="page">
      <h1>Your cart</h1>
      <div className={styles.columns}>
        <CartLines lines={cart.lines} />
        <section className={`card ${styles.summary}`} aria-label="Summary">
          <TotalsList totals={cart.totals} />
          {missing > 0 && <p className="muted">{formatMoney(missing)} more and delivery is free.</p>}
          {cart.orderable ? (
            <a href="/checkout" className="button">
              Check out
            </a>
          ) : (
            <p className="notice">Change the marked lines to check out.</p>
          )}
        </section>
      </div>
    </div>
  )
}

function EmptyCart() {
  return (
    <div className={`page ${styles.empty}`}>
      <h1>Your cart is empty</h1>
      <p className="muted">The tide has not brought anything in yet.</p>
      <a href="/products" className="button">
        Browse the shop
      </a>
    </div>
  )
}
