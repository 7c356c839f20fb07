/** The colours one product is drawn in, derived from its hue (0–359). */
export type Palette = {
  main: string
  dark: string
  light: string
  sky: string
  sand: string
}

export const CREAM = '#fbf3e2'
export const INK = '#22313c'
export const BRASS = '#c99a3f'
export const STEEL = '#aebac2'
export const WOOD = '#b98550'
export const FLAME = '#f6a93b'

export function paletteFor(hue: number): Palette {
  return {
    main: `hsl(${hue} 46% 44%)`,
    dark: `hsl(${hue} 50% 27%)`,
    light: `hsl(${hue} 58% 82%)`,
    sky: `hsl(${(hue + 24) % 360} 44% 93%)`,
    sand: `hsl(${(hue + 350) % 360} 38% 84%)`,
  }
}
