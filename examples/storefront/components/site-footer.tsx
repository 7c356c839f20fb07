import { release } from '@/server/release'
import styles from './site-footer.module.css'

export function SiteFooter() {
  const { id, environment } = release()
  return (
    <footer className={styles.footer}>
      <div className={styles.inner}>
        <div>
          <p className={styles.name}>Tidewater Goods</p>
          <p>Well-made things for life by the water. Packed by hand at the old lifeboat station.</p>
        </div>
        <nav aria-label="Help" className={styles.links}>
          <a href="/products">The whole shop</a>
          <a href="/delivery">Delivery and returns</a>
          <a href="/cart">Your cart</a>
        </nav>
        <p className={styles.release}>
          Release <code data-testid="release">{id}</code> in{' '}
          <span data-testid="environment">{environment}</span>
        </p>
      </div>
    </footer>
  )
}
