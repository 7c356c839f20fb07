/** Money is whole pence everywhere; only this file turns it into text. */
const pounds = new Intl.NumberFormat('en-GB', {
  style: 'currency',
  currency: 'GBP',
})

export function formatMoney(pence: number): string {
  return pounds.format(pence / 100)
}

/** `share` of an amount in whole pence, halves rounded up: `shareOf(999, 0.1)` is 100. */
export function shareOf(pence: number, share: number): number {
  return Math.round(pence * share)
}
