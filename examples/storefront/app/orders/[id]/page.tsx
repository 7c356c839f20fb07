import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { TotalsList } from '@/components/totals-list'
import { formatMoney } from '@/lib/money'
import { getOrder } from '@/server/orders'
import styles from './order.module.css'

export const metadata: Metadata = {
  title: 'Your order',
  robots: { index: false },
}

export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const order = await getOrder((await params).id)
  if (!order) notFound()
  const { customer } = order
  return (
    <div className={`page ${styles.order}`}>
      <p className={styles.mark} aria-hidden="true">
        ✓
      </p>
      <h1>Thank you, {customer.name}</h1>
      <p className="muted">
        Order <strong data-testid="order-number">{order.number}</strong> is on the packing bench. We will
        write to {customer.email} when it leaves.
      </p>
      <section className={`card ${styles.receipt}`} aria-label="Receipt">
        <ul>
          {order.lines.map((line) => (
            <li key={line.slug} data-testid="order-line">
              <span>
                {line.name} <span className="muted">× {line.quantity}</span>
              </span>
              <span>{formatMoney(line.totalCents)}</span>
            </li>
          ))}
        </ul>
        <TotalsList totals={order} />
        <address>
          {customer.address}, {customer.city}, {customer.postcode}
        </address>
      </section>
      <a href="/products" className="button">
        Back to the shop
      </a>
    </div>
  )
}
