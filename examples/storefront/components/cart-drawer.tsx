'use client'

import { AnimatePresence, MotionConfig, motion } from 'framer-motion'
import { useEffect, useRef } from 'react'
import { formatMoney } from '@/lib/money'
import type { CartView } from '@/server/cart-view'
import styles from './cart-drawer.module.css'
import { ProductPicture } from './product-picture'

export type CartDrawerProps = { cart: CartView | undefined; onClose(): void }

export function CartDrawer({ cart, onClose }: CartDrawerProps) {
  return (
    <MotionConfig reducedMotion="user">
      <AnimatePresence>{cart && <Panel key="panel" cart={cart} onClose={onClose} />}</AnimatePresence>
    </MotionConfig>
  )
}

function Panel({ cart, onClose }: { cart: CartView; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal()
  }, [])
  return (
    <motion.dialog
      ref={dialog}
      className={styles.drawer}
      aria-labelledby="drawer-title"
      initial={{ x: '100%' }}
      animate={{ x: 0 }}
      exit={{ x: '100%' }}
      transition={{ type: 'spring', stiffness: 320, damping: 34 }}
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.inside}>
        <div className={styles.head}>
          <h2 id="drawer-title">In your cart</h2>
          <button type="button" className="button-quiet" onClick={onClose}>
            Keep looking
          </button>
        </div>
        <ul className={styles.lines}>
          {cart.lines.map(({ product, quantity, totalCents }) => (
            <li key={product.slug}>
              <ProductPicture art={product.art} hue={product.hue} className={styles.picture} />
              <span>
                {product.name}
                <span className="muted"> × {quantity}</span>
              </span>
              <span>{formatMoney(totalCents)}</span>
            </li>
          ))}
        </ul>
        <p className={styles.total}>
          <span>Total with delivery</span>
          <strong>{formatMoney(cart.totals.totalCents)}</strong>
        </p>
        <a className="button" href="/checkout">
          Check out
        </a>
        <a href="/cart">See the whole cart</a>
      </div>
    </motion.dialog>
  )
}
