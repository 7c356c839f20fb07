export type Customer = {
  name: string
  email: string
  address: string
  city: string
  postcode: string
}

export type OrderLine = {
  slug: string
  name: string
  unitCents: number
  quantity: number
  totalCents: number
}

export type Order = {
  id: string
  number: string
  createdAt: string
  customer: Customer
  lines: OrderLine[]
  goodsCents: number
  discountCents: number
  deliveryCents: number
  totalCents: number
}

export const CUSTOMER_FIELDS = ['name', 'email', 'address', 'city', 'postcode'] as const
export type CustomerField = (typeof CUSTOMER_FIELDS)[number]
