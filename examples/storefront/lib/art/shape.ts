import type { Palette } from './palette'

/** Draws one thing inside a 200 × 200 box; returns SVG elements. */
export type Shape = (palette: Palette) => string

/** A straight or curved line with round ends. */
export function stroke(path: string, colour: string, width: number): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
}

export function fill(path: string, colour: string, opacity = 1): string {
  return `<path d="${path}" fill="${colour}"${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`
}

export function dot(x: number, y: number, radius: number, colour: string): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}"/>`
}

export function oval(x: number, y: number, rx: number, ry: number, colour: string): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${colour}"/>`
}

/** A box with corners rounded by `round`. */
export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  round: number,
  colour: string,
): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${colour}"/>`
}

export function turned(degrees: number, inner: string): string {
  return `<g transform="rotate(${degrees} 100 100)">${inner}</g>`
}
