import { type CartLine, MAX_LINES, MAX_QUANTITY } from './cart'
import { CUSTOMER_FIELDS, type Customer, type CustomerField } from './order'

export type FieldErrors = Partial<Record<CustomerField | 'lines', string>>

export type Checked<T> = { ok: true; value: T } | { ok: false; errors: FieldErrors }

const LONGEST = 120

const RULES: Record<CustomerField, { test: RegExp; message: string }> = {
  name: { test: /\S.*\S/, message: 'Tell us who the parcel is for.' },
  email: {
    test: /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/,
    message: 'Enter an e-mail address such as ada@example.com.',
  },
  address: { test: /\S.{3,}/, message: 'Enter the street and house number.' },
  city: { test: /\S{2,}/, message: 'Enter the town or city.' },
  postcode: {
    test: /^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$/,
    message: 'Enter a postcode such as TR26 1NW.',
  },
}

export function checkCustomer(input: unknown): Checked<Customer> {
  const given = isRecord(input) ? input : {}
  const errors: FieldErrors = {}
  const value = {} as Customer
  for (const field of CUSTOMER_FIELDS) {
    const text = typeof given[field] === 'string' ? given[field].trim() : ''
    if (!RULES[field].test.test(text)) errors[field] = RULES[field].message
    else if (text.length > LONGEST) errors[field] = `Keep it under ${LONGEST} characters.`
    value[field] = text
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value }
}

export function checkLines(input: unknown): Checked<CartLine[]> {
  const refuse = (message: string): Checked<CartLine[]> => ({
    ok: false,
    errors: { lines: message },
  })
  if (!Array.isArray(input) || input.length === 0) return refuse('The order has no lines.')
  if (input.length > MAX_LINES) return refuse(`At most ${MAX_LINES} different products.`)
  const lines: CartLine[] = []
  for (const line of input) {
    if (!isLine(line)) return refuse(`Each line needs a slug and a quantity of 1 to ${MAX_QUANTITY}.`)
    if (lines.some((other) => other.slug === line.slug)) return refuse(`${line.slug} is listed twice.`)
    lines.push({ slug: line.slug, quantity: line.quantity })
  }
  return { ok: true, value: lines }
}

function isLine(value: unknown): value is CartLine {
  return (
    isRecord(value) &&
    typeof value.slug === 'string' &&
    Number.isInteger(value.quantity) &&
    (value.quantity as number) > 0 &&
    (value.quantity as number) <= MAX_QUANTITY
  )
}

const KEY = /^[\w-]{8,100}$/

/** An idempotency key is 8 to 100 letters, digits, `_` or `-`. */
export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
