import { MAX_QUANTITY } from '@/lib/cart'
import { formatMoney } from '@/lib/money'
import type { CartViewLine } from '@/server/cart-view'
import styles from './cart-lines.module.css'
import { ProductPicture } from './product-picture'

export function CartLines({ lines }: { lines: CartViewLine[] }) {
  return (
    <ul className={styles.lines}>
      {lines.map((line) => (
        <li key={line.product.slug} className={styles.line} data-testid="cart-line">
          <ProductPicture art={line.product.art} hue={line.product.hue} className={styles.picture} />
          <div>
            <h2 className={styles.name}>
              <a href={`/products/${line.product.slug}`}>{line.product.name}</a>
            </h2>
            <p className="muted">{formatMoney(line.product.priceCents)} each</p>
            {line.problem && <p className={styles.problem}>{line.problem}</p>}
            <QuantityForm line={line} />
          </div>
          <p className={styles.total}>{formatMoney(line.totalCents)}</p>
        </li>
      ))}
    </ul>
  )
}

function QuantityForm({ line: { product, quantity } }: { line: CartViewLine }) {
  return (
    <div className={styles.actions}>
      <form action="/cart/lines" method="post">
        <input type="hidden" name="slug" value={product.slug} />
        <input type="hidden" name="mode" value="set" />
        <label>
          <span className="visually-hidden">Quantity of {product.name}</span>
          <input
            key={quantity}
            name="quantity"
            type="number"
            min={0}
            max={MAX_QUANTITY}
            defaultValue={quantity}
            required
          />
        </label>
        <button type="submit" className="button-quiet">
          Update<span className="visually-hidden"> {product.name}</span>
        </button>
      </form>
      <form action="/cart/lines" method="post">
        <input type="hidden" name="slug" value={product.slug} />
        <input type="hidden" name="mode" value="set" />
        <input type="hidden" name="quantity" value="0" />
        <button type="submit" className="button-quiet">
          Remove<span className="visually-hidden"> {product.name}</span>
        </button>
      </form>
    </div>
  )
}
