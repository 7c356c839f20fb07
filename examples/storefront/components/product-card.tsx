import Link from 'next/link'
import { formatMoney } from '@/lib/money'
import { type Product, stockLevel, stockText } from '@/lib/product'
import styles from './product-card.module.css'
import { ProductPicture } from './product-picture'

export function ProductCard({ product }: { product: Product }) {
  const level = stockLevel(product.stock)
  return (
    <article className={styles.card} data-testid="product-card">
      <ProductPicture art={product.art} hue={product.hue} className={styles.picture} />
      <div className={styles.text}>
        <h3 className={styles.name}>
          <Link href={`/products/${product.slug}`} prefetch={false}>
            {product.name}
          </Link>
        </h3>
        <p className={styles.tagline}>{product.tagline}</p>
        <p className={styles.foot}>
          <span className={styles.price}>{formatMoney(product.priceCents)}</span>
          {level !== 'in-stock' && <span className={styles.stock}>{stockText(product.stock)}</span>}
        </p>
      </div>
    </article>
  )
}
