'use client'

import { useRouter } from 'next/navigation'
import { type ComponentType, type FormEvent, useState } from 'react'
import { MAX_QUANTITY } from '@/lib/cart'
import type { CartView } from '@/server/cart-view'
import styles from './add-to-cart.module.css'
import type { CartDrawerProps } from './cart-drawer'

/** A plain form that works without JavaScript; with it, the cart slides in. */
export function AddToCart({ slug, stock }: { slug: string; stock: number }) {
  const router = useRouter()
  const [cart, setCart] = useState<CartView>()
  const [Drawer, setDrawer] = useState<ComponentType<CartDrawerProps>>()
  const [busy, setBusy] = useState(false)

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    setBusy(true)
    try {
      const body = new FormData(form)
      const response = await fetch(form.action, {
        method: 'POST',
        body,
        headers: { accept: 'application/json' },
      })
      if (!response.ok) throw new Error(`The cart answered ${response.status}`)
      const { CartDrawer } = await import('./cart-drawer')
      setDrawer(() => CartDrawer)
      setCart(await response.json())
      router.refresh()
    } catch (error) {
      reportError(error)
      location.assign('/cart')
    } finally {
      setBusy(false)
    }
  }

  const most = Math.min(stock, MAX_QUANTITY)
  return (
    <form action="/cart/lines" method="post" className={styles.form} onSubmit={add}>
      <input type="hidden" name="slug" value={slug} />
      <label className={styles.quantity}>
        Quantity
        <select name="quantity" defaultValue="1" disabled={most === 0}>
          {Array.from({ length: Math.max(most, 1) }, (_, index) => index + 1).map((quantity) => (
            <option key={quantity}>{quantity}</option>
          ))}
        </select>
      </label>
      <button type="submit" className="button" disabled={busy || most === 0}>
        {most === 0 ? 'Sold out' : 'Add to cart'}
      </button>
      {Drawer && <Drawer cart={cart} onClose={() => setCart(undefined)} />}
    </form>
  )
}
