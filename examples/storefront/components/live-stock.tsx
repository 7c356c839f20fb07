'use client'

import { useEffect, useState } from 'react'
import { stockLevel, stockText } from '@/lib/product'
import styles from './live-stock.module.css'

/** Stock as it changes, while the page is on screen; hidden tabs give their connection back. */
export function LiveStock({ slug, stock }: { slug: string; stock: number }) {
  const [now, setNow] = useState(stock)
  useEffect(() => {
    let source: EventSource | undefined
    const follow = () => {
      source?.close()
      source = document.hidden ? undefined : openStream(slug, setNow)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      source?.close()
    }
  }, [slug])
  return (
    <p className={styles.stock} data-level={stockLevel(now)} data-testid="stock" role="status">
      {stockText(now)}
    </p>
  )
}

function openStream(slug: string, tell: (stock: number) => void): EventSource {
  const source = new EventSource('/api/stock/stream')
  source.addEventListener('snapshot', (event) => {
    const all = JSON.parse(event.data) as Record<string, number>
    const stock = all[slug]
    if (stock !== undefined) tell(stock)
  })
  source.addEventListener('stock', (event) => {
    const change = JSON.parse(event.data) as { slug: string; stock: number }
    if (change.slug === slug) tell(change.stock)
  })
  return source
}
