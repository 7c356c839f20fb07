import { cabin } from './cabin'
import { galley } from './galley'
import { type Palette, paletteFor } from './palette'
import type { Shape } from './shape'
import { shore } from './shore'
import { parcel, wear } from './wear'

const shapes: Record<string, Shape> = {
  ...galley,
  ...cabin,
  ...wear,
  ...shore,
}

/** `front` on a plain ground, `scene` by the sea at dusk, `detail` a close look. */
export type ArtView = 'front' | 'scene' | 'detail'

export const ART_VIEWS: readonly ArtView[] = ['front', 'scene', 'detail']

const drawn = new Map<string, string>()

/** The SVG of a product, drawn once per process and view. Decorative: hidden from screen readers. */
export function productArt(art: string, hue: number, view: ArtView = 'front'): string {
  const key = `${art}/${hue}/${view}`
  const known = drawn.get(key)
  if (known) return known
  const svg = draw(art, hue, view)
  drawn.set(key, svg)
  return svg
}

function draw(art: string, hue: number, view: ArtView): string {
  const palette = paletteFor(hue)
  const shape = shapes[art] ?? parcel
  const ground = view === 'scene' ? dusk() : plain(`g-${art}-${hue}-${view}`, palette)
  const crop = view === 'detail' ? '46 40 96 96' : '0 0 200 200'
  return (
    `<svg viewBox="${crop}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">` +
    `${ground}<ellipse cx="100" cy="164" rx="60" ry="8" fill="#22313c" opacity=".13"/>${shape(palette)}</svg>`
  )
}

function plain(id: string, palette: Palette): string {
  return (
    `<linearGradient id="${id}" x2="0" y2="1"><stop stop-color="${palette.sky}"/><stop offset="1" stop-color="${palette.sand}"/></linearGradient>` +
    `<path d="M0 0h200v200H0z" fill="url(#${id})"/>` +
    '<circle cx="100" cy="98" r="78" fill="#fff" opacity=".42"/>'
  )
}

function dusk(): string {
  return (
    '<path d="M0 0h200v200H0z" fill="#f7d9b5"/><circle cx="142" cy="58" r="26" fill="#f0a35e"/>' +
    '<path d="M0 104q25-8 50 0t50 0 50 0 50 0v96H0z" fill="#5d93a3"/>' +
    '<path d="M0 126q25-8 50 0t50 0 50 0 50 0v74H0z" fill="#3c7486"/>' +
    '<path d="M0 152h200v48H0z" fill="#d9bd8f"/>'
  )
}
