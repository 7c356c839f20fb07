import { shareOf } from './money'

/** Four or more of one thing are 10 % off: a crew's worth. */
export const CREW_QUANTITY = 4
export const CREW_DISCOUNT = 0.1
export const FREE_DELIVERY_FROM = 6000
export const DELIVERY_FEE = 495
const VAT = 0.2

export type PricedLine = { unitCents: number; quantity: number }

/** All amounts in pence, VAT included; `vatCents` says how much of the total it is. */
export type Totals = {
  goodsCents: number
  discountCents: number
  deliveryCents: number
  totalCents: number
  vatCents: number
}

export function lineDiscount(line: PricedLine): number {
  if (line.quantity < CREW_QUANTITY) return 0
  return shareOf(line.unitCents * line.quantity, CREW_DISCOUNT)
}

export function lineTotal(line: PricedLine): number {
  return line.unitCents * line.quantity - lineDiscount(line)
}

export function deliveryFee(afterDiscount: number): number {
  if (afterDiscount === 0 || afterDiscount >= FREE_DELIVERY_FROM) return 0
  return DELIVERY_FEE
}

export function totalsOf(lines: readonly PricedLine[]): Totals {
  const goodsCents = lines.reduce((sum, line) => sum + line.unitCents * line.quantity, 0)
  const discountCents = lines.reduce((sum, line) => sum + lineDiscount(line), 0)
  const deliveryCents = deliveryFee(goodsCents - discountCents)
  const totalCents = goodsCents - discountCents + deliveryCents
  const vatCents = totalCents - Math.round(totalCents / (1 + VAT))
  return { goodsCents, discountCents, deliveryCents, totalCents, vatCents }
}

/** What is still missing for free delivery; 0 when there. */
export function untilFreeDelivery(totals: Totals): number {
  return Math.max(0, FREE_DELIVERY_FROM - (totals.goodsCents - totals.discountCents))
}
