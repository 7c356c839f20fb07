import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { AddToCart } from '@/components/add-to-cart'
import { Gallery } from '@/components/gallery'
import { LiveStock } from '@/components/live-stock'
import { ProductGrid } from '@/components/product-grid'
import { formatMoney } from '@/lib/money'
import { CREW_QUANTITY } from '@/lib/pricing'
import { getCatalogue, getProduct } from '@/server/catalogue'
import styles from './product.module.css'

type Props = { params: Promise<{ slug: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const product = await getProduct((await params).slug)
  return { title: product?.name, description: product?.tagline }
}

export default async function ProductPage({ params }: Props) {
  const { slug } = await params
  const product = await getProduct(slug)
  if (!product) notFound()
  const { products } = await getCatalogue()
  const related = products.filter((other) => other.category === product.category && other.slug !== slug)
  return (
    <div className="page">
      <nav aria-label="Breadcrumb" className={styles.trail}>
        <a href="/products">Shop</a>
        <span aria-hidden="true"> / </span>
        <a href={`/products?category=${product.category}`}>{product.categoryName}</a>
      </nav>
      <article className={styles.product}>
        <Gallery art={product.art} hue={product.hue} name={product.name} />
        <div className={styles.facts}>
          <h1>{product.name}</h1>
          <p className={styles.tagline}>{product.tagline}</p>
          <p className={styles.price} data-testid="price">
            {formatMoney(product.priceCents)}
          </p>
          <p>{product.description}</p>
          <ul className={styles.details}>
            {product.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
          <LiveStock slug={product.slug} stock={product.stock} />
          <AddToCart slug={product.slug} stock={product.stock} />
          <p className="muted">{CREW_QUANTITY} or more are 10% off. Returns within 60 days, sand and all.</p>
        </div>
      </article>
      <section aria-labelledby="related" className={styles.related}>
        <h2 id="related">Goes well with</h2>
        <ProductGrid products={related.slice(0, 4)} />
      </section>
    </div>
  )
}
