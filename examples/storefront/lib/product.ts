export type Product = {
  slug: string
  name: string
  tagline: string
  description: string
  details: string[]
  category: string
  categoryName: string
  priceCents: number
  stock: number
  art: string
  hue: number
  featured: boolean
}

export const LOW_STOCK = 5

export type StockLevel = 'sold-out' | 'low' | 'in-stock'

export function stockLevel(stock: number): StockLevel {
  if (stock <= 0) return 'sold-out'
  return stock <= LOW_STOCK ? 'low' : 'in-stock'
}

export function stockText(stock: number): string {
  const level = stockLevel(stock)
  if (level === 'sold-out') return 'Sold out'
  return level === 'low' ? `Only ${stock} left` : 'In stock'
}
