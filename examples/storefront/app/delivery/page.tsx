import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Delivery and returns' }

export default function DeliveryPage() {
  return (
    <div className="page" style={{ display: 'grid', gap: '1rem', maxWidth: '44rem' }}>
      <h1>Delivery and returns</h1>
      <h2>Delivery</h2>
      <p>
        £4.95 anywhere in the United Kingdom, free from £60. Parcels ordered before noon leave the same day,
        weather permitting. Islands take a day longer, and we wave.
      </p>
      <h2>Returns</h2>
      <p>Sixty days, used or not. Sand is fine. Tell us what was wrong, so that the next one is better.</p>
      <h2>Repairs</h2>
      <p>Anything we sold can come back to the bench. You pay the post one way; we pay it the other.</p>
    </div>
  )
}
