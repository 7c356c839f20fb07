import { formatMoney } from '@/lib/money'
import type { Totals } from '@/lib/pricing'
import styles from './totals-list.module.css'

export function TotalsList({ totals }: { totals: Omit<Totals, 'vatCents'> & { vatCents?: number } }) {
  const { goodsCents, discountCents, deliveryCents, totalCents, vatCents } = totals
  return (
    <dl className={styles.totals}>
      <dt>Goods</dt>
      <dd>{formatMoney(goodsCents)}</dd>
      {discountCents > 0 && (
        <>
          <dt>Crew discount</dt>
          <dd>−{formatMoney(discountCents)}</dd>
        </>
      )}
      <dt>Delivery</dt>
      <dd>{deliveryCents === 0 ? 'Free' : formatMoney(deliveryCents)}</dd>
      <dt className={styles.total}>Total</dt>
      <dd className={styles.total} data-testid="total">
        {formatMoney(totalCents)}
      </dd>
      {vatCents !== undefined && (
        <>
          <dt className="muted">of which VAT</dt>
          <dd className="muted">{formatMoney(vatCents)}</dd>
        </>
      )}
    </dl>
  )
}
