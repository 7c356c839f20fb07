'use client'

export default function ErrorPage({ reset }: { error: Error; reset(): void }) {
  return (
    <div className="page" style={{ display: 'grid', justifyItems: 'start', gap: '1rem' }}>
      <h1>We have taken on water</h1>
      <p className="muted">Something broke on our side. Your cart is safe.</p>
      <button type="button" className="button" onClick={reset}>
        Try again
      </button>
    </div>
  )
}
