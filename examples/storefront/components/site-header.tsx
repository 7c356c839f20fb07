import { countItems } from '@/lib/cart'
import { readCart } from '@/server/cart-view'
import styles from './site-header.module.css'

const SECTIONS = [
  ['galley', 'Galley'],
  ['cabin', 'Cabin'],
  ['deck', 'On deck'],
  ['shore', 'Ashore'],
] as const

export async function SiteHeader() {
  const count = countItems(await readCart())
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <a href="/" className={styles.brand}>
          <svg viewBox="0 0 32 32" aria-hidden="true" className={styles.mark}>
            <circle cx="21" cy="10" r="6" fill="#f0a35e" />
            <path d="M2 18q5-5 9 0t9 0 10 0M2 25q5-5 9 0t9 0 10 0" />
          </svg>
          Tidewater Goods
        </a>
        <nav aria-label="Departments" className={styles.nav}>
          {SECTIONS.map(([slug, name]) => (
            <a key={slug} href={`/products?category=${slug}`}>
              {name}
            </a>
          ))}
        </nav>
        <search className={styles.search}>
          <form action="/products">
            <label htmlFor="site-search" className="visually-hidden">
              Search the shop
            </label>
            <input
              id="site-search"
              name="q"
              type="search"
              placeholder="Search: wool, lantern…"
              maxLength={80}
            />
          </form>
        </search>
        <a href="/cart" className={styles.cart}>
          Cart
          <span className={styles.count} data-testid="cart-count">
            {count}
          </span>
          <span className="visually-hidden">{count === 1 ? 'item' : 'items'}</span>
        </a>
      </div>
    </header>
  )
}
