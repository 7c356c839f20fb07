import type { Order, OrderLine } from '@/lib/order'
import { pool } from './database'

type OrderRow = Omit<Order, 'lines' | 'customer' | 'createdAt'> & Order['customer'] & { createdAt: Date }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function getOrder(id: string): Promise<Order | undefined> {
  if (!UUID.test(id)) return undefined
  const { rows } = await pool().query<OrderRow>(
    `select id, number, name, email, address, city, postcode, goods_cents as "goodsCents",
            discount_cents as "discountCents", delivery_cents as "deliveryCents",
            total_cents as "totalCents", created_at as "createdAt"
       from orders where id = $1`,
    [id],
  )
  const row = rows[0]
  return row && toOrder(row, await getLines(id))
}

async function getLines(orderId: string): Promise<OrderLine[]> {
  const { rows } = await pool().query<OrderLine>(
    `select p.slug, l.name, l.unit_cents as "unitCents", l.quantity, l.total_cents as "totalCents"
       from order_lines l join products p on p.id = l.product_id
      where l.order_id = $1 order by p.id`,
    [orderId],
  )
  return rows
}

function toOrder(row: OrderRow, lines: OrderLine[]): Order {
  const { name, email, address, city, postcode, createdAt, ...rest } = row
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    customer: { name, email, address, city, postcode },
    lines,
  }
}
