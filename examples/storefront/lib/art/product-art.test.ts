import { expect, it } from 'vitest'
import { cabin } from './cabin'
import { galley } from './galley'
import { ART_VIEWS, productArt } from './product-art'
import { shore } from './shore'
import { wear } from './wear'

const names = Object.keys({ ...galley, ...cabin, ...wear, ...shore })

it('has a drawing for each of the 24 products', () => {
  expect(names).toHaveLength(24)
})

it.each(names)('draws %s whole in every view', (name) => {
  for (const view of ART_VIEWS) {
    const svg = productArt(name, 200, view)
    expect(svg).toMatch(/^<svg .*<\/svg>$/)
    expect(svg).not.toMatch(/undefined|NaN/)
  }
})

it('draws a parcel for what it does not know', () => {
  expect(productArt('unheard-of', 10)).toContain('<rect')
})

it('gives gradients of different products different ids', () => {
  expect(productArt('mug', 1)).not.toBe(productArt('mug', 2))
})
