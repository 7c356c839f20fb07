import { createHash, randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { CartLine } from '@/lib/cart'
import type { Customer } from '@/lib/order'
import { lineTotal, totalsOf } from '@/lib/pricing'
import { forgetCatalogue } from './catalogue'
import { transaction } from './database'

export type OrderRequest = {
  idempotencyKey: string
  customer: Customer
  lines: CartLine[]
}

export type Placed = { orderId: string; replayed: boolean }

/** Why an order was refused. `slug` says which product, where one is to blame. */
export class OrderRefused extends Error {
  readonly code: 'unknown-product' | 'out-of-stock' | 'key-reused'
  readonly slug: string | undefined

  constructor(code: OrderRefused['code'], message: string, slug?: string) {
    super(message)
    this.code = code
    this.slug = slug
  }
}

type TakenLine = CartLine & {
  productId: number
  name: string
  unitCents: number
}

/** Places the order at most once per idempotency key: a repeated request gets the first one's order. */
export async function placeOrder(request: OrderRequest): Promise<Placed> {
  const placed = await transaction(async (client) => {
    const orderId = randomUUID()
    const earlier = await claimKey(client, request, orderId)
    if (earlier) return { orderId: earlier, replayed: true }
    const lines = await takeStock(client, request.lines)
    await writeOrder(client, orderId, request.customer, lines)
    return { orderId, replayed: false }
  })
  if (!placed.replayed) await forgetCatalogue()
  return placed
}

/** Returns the earlier order of the same request, after waiting for it should it be in progress. */
async function claimKey(client: PoolClient, request: OrderRequest, orderId: string) {
  const hash = hashOf(request)
  const claimed = await client.query(
    `insert into order_requests (key, request_hash, order_id) values ($1, $2, $3)
     on conflict (key) do nothing`,
    [request.idempotencyKey, hash, orderId],
  )
  if (claimed.rowCount === 1) return undefined
  const { rows } = await client.query<{ hash: string; orderId: string }>(
    'select request_hash as hash, order_id as "orderId" from order_requests where key = $1',
    [request.idempotencyKey],
  )
  const earlier = rows[0]
  if (earlier?.hash !== hash) {
    throw new OrderRefused('key-reused', 'This idempotency key belongs to a different order.')
  }
  return earlier.orderId
}

function hashOf({ customer, lines }: OrderRequest): string {
  const sorted = [...lines].sort((a, b) => a.slug.localeCompare(b.slug))
  return createHash('sha256')
    .update(JSON.stringify([customer, sorted]))
    .digest('hex')
}

/** Rows are locked in the order of their slugs, so that two orders never wait for each other. */
async function takeStock(client: PoolClient, lines: CartLine[]): Promise<TakenLine[]> {
  const taken: TakenLine[] = []
  for (const line of [...lines].sort((a, b) => (a.slug < b.slug ? -1 : 1))) {
    const { rows } = await client.query<{
      id: number
      name: string
      unitCents: number
    }>(
      `update products set stock = stock - $2 where slug = $1 and stock >= $2
       returning id, name, price_cents as "unitCents"`,
      [line.slug, line.quantity],
    )
    const row = rows[0]
    if (!row) throw await refusalFor(client, line)
    taken.push({
      ...line,
      productId: row.id,
      name: row.name,
      unitCents: row.unitCents,
    })
  }
  return taken
}

async function refusalFor(client: PoolClient, line: CartLine): Promise<OrderRefused> {
  const { rows } = await client.query<{ name: string; stock: number }>(
    'select name, stock from products where slug = $1',
    [line.slug],
  )
  const product = rows[0]
  if (!product) return new OrderRefused('unknown-product', `We do not sell ${line.slug}.`, line.slug)
  const left = product.stock === 0 ? 'is sold out' : `has only ${product.stock} left`
  return new OrderRefused('out-of-stock', `${product.name} ${left}.`, line.slug)
}

async function writeOrder(client: PoolClient, id: string, customer: Customer, lines: TakenLine[]) {
  const totals = totalsOf(lines)
  await client.query(
    `insert into orders (id, name, email, address, city, postcode,
                         goods_cents, discount_cents, delivery_cents, total_cents)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      ...[customer.name, customer.email, customer.address, customer.city, customer.postcode],
      ...[totals.goodsCents, totals.discountCents, totals.deliveryCents, totals.totalCents],
    ],
  )
  await client.query(
    `insert into order_lines (order_id, product_id, name, unit_cents, quantity, total_cents)
     select $1, * from unnest($2::int[], $3::text[], $4::int[], $5::int[], $6::int[])`,
    [
      id,
      lines.map((line) => line.productId),
      lines.map((line) => line.name),
      lines.map((line) => line.unitCents),
      lines.map((line) => line.quantity),
      lines.map(lineTotal),
    ],
  )
}
