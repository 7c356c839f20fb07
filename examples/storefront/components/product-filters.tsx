import type { ProductQuery } from '@/lib/search'
import type { Category } from '@/server/catalogue'
import styles from './product-filters.module.css'

type Props = { categories: Category[]; query: ProductQuery; count: number }

export function ProductFilters({ categories, query, count }: Props) {
  const departments = [{ slug: undefined, name: 'Everything' }, ...categories]
  return (
    <div className={styles.filters}>
      <nav aria-label="Filter by department" className={styles.departments}>
        {departments.map(({ slug, name }) => (
          <a
            key={name}
            href={address({ ...query, category: slug })}
            aria-current={query.category === slug ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <form action="/products" className={styles.form}>
        {query.category && <input type="hidden" name="category" value={query.category} />}
        <label>
          <span className="visually-hidden">Search in this list</span>
          <input type="search" name="q" defaultValue={query.q} placeholder="Search here" maxLength={80} />
        </label>
        <label>
          <span className="visually-hidden">Sort by</span>
          <select name="sort" defaultValue={query.sort ?? 'featured'}>
            <option value="featured">Keepers first</option>
            <option value="price-up">Price, low to high</option>
            <option value="price-down">Price, high to low</option>
            <option value="name">Name</option>
          </select>
        </label>
        <button type="submit" className="button">
          Show
        </button>
      </form>
      <p className={styles.count} data-testid="result-count">
        {count === 1 ? '1 product' : `${count} products`}
      </p>
    </div>
  )
}

function address(query: ProductQuery): string {
  const given = Object.entries(query).filter(([, value]) => value)
  const search = new URLSearchParams(given as [string, string][]).toString()
  return search ? `/products?${search}` : '/products'
}
