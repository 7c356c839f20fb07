import type { Product } from '@/lib/product'
import { ProductCard } from './product-card'
import styles from './product-grid.module.css'

export function ProductGrid({ products }: { products: Product[] }) {
  return (
    <ul className={styles.grid}>
      {products.map((product) => (
        <li key={product.slug}>
          <ProductCard product={product} />
        </li>
      ))}
    </ul>
  )
}
