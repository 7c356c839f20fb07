import { Hero } from '@/components/hero'
import { ProductGrid } from '@/components/product-grid'
import { findProducts } from '@/lib/search'
import { getCatalogue } from '@/server/catalogue'
import styles from './home.module.css'

export default async function HomePage() {
  const { categories, products } = await getCatalogue()
  const picks = findProducts(products, { sort: 'featured' }).slice(0, 8)
  return (
    <>
      <Hero />
      <section className={`page ${styles.section}`} aria-labelledby="departments">
        <h2 id="departments">Four ways to be by the water</h2>
        <ul className={styles.departments}>
          {categories.map((category) => (
            <li key={category.slug} className={styles.department} data-department={category.slug}>
              <h3>
                <a href={`/products?category=${category.slug}`}>{category.name}</a>
              </h3>
              <p>{category.blurb}</p>
            </li>
          ))}
        </ul>
      </section>
      <section className={`page ${styles.section}`} aria-labelledby="picks">
        <div className={styles.heading}>
          <h2 id="picks">This season&rsquo;s keepers</h2>
          <a href="/products">See all {products.length} goods</a>
        </div>
        <ProductGrid products={picks} />
      </section>
      <section className={`page ${styles.section}`} aria-label="What we promise">
        <ul className={styles.promises}>
          <li>
            <strong>Mended, not replaced</strong>
            Send it back in ten years. We have a bench and a kettle.
          </li>
          <li>
            <strong>Free delivery from £60</strong>
            Out the door the same day if you order before the noon gun.
          </li>
          <li>
            <strong>A crew&rsquo;s worth</strong>
            Four or more of one thing are ten percent off.
          </li>
        </ul>
      </section>
    </>
  )
}
