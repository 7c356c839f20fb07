export default function NotFound() {
  return (
    <div className="page" style={{ display: 'grid', justifyItems: 'start', gap: '1rem' }}>
      <h1>Lost at sea</h1>
      <p className="muted">There is nothing at this address. It may have gone out with the tide.</p>
      <a href="/products" className="button">
        Back to the shop
      </a>
    </div>
  )
}
