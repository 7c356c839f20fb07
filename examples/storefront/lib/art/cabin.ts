import { BRASS, CREAM, FLAME, INK } from './palette'
import { box, dot, fill, oval, type Shape, stroke } from './shape'

const flame = (x: number, y: number) =>
  fill(`M${x} ${y}q17 24 0 38q-17-14 0-38z`, FLAME) + fill(`M${x} ${y + 16}q8 12 0 20q-8-8 0-20z`, '#fff3c9')

const throwBlanket: Shape = (p) =>
  box(40, 122, 120, 30, 13, p.dark) +
  box(44, 94, 112, 32, 14, p.main) +
  box(48, 66, 104, 32, 14, p.light) +
  stroke('M66 68v28M76 68v28M132 68v28', p.main, 4) +
  stroke('M66 98v26M76 98v26M132 98v26', p.light, 4) +
  stroke('M52 154v10M66 154v10M80 154v10M94 154v10M108 154v10M122 154v10M136 154v10M148 154v10', p.dark, 3)

const lantern: Shape = (p) =>
  stroke('M70 66q30-62 60 0', INK, 5) +
  fill('M72 70h56l-10-20H82z', p.dark) +
  box(72, 70, 56, 62, 20, CREAM) +
  flame(100, 82) +
  stroke('M68 72v56M132 72v56', INK, 4) +
  stroke('M74 100h52', INK, 2.5) +
  box(64, 128, 72, 26, 9, p.main) +
  box(74, 138, 22, 5, 2, p.light)

const candle: Shape = (p) =>
  flame(100, 30) +
  stroke('M100 66v12', INK, 3) +
  box(68, 78, 64, 78, 9, p.main) +
  oval(100, 80, 32, 9, p.light) +
  fill('M70 82q4 26 10 26t8-22q6 2 8 30t8-2 8-26z', p.light) +
  oval(100, 156, 50, 9, BRASS)

const clock: Shape = (p) =>
  dot(100, 102, 60, BRASS) +
  dot(100, 102, 50, CREAM) +
  fill('M51 112q12-9 24 0t24 0 24 0 26 0a50 50 0 0 1-98 0z', p.main) +
  stroke('M100 60v8M100 136v8M58 102h8M134 102h8', INK, 4) +
  stroke('M100 102V72', INK, 5) +
  stroke('M100 102l22 14', INK, 5) +
  dot(100, 102, 5, '#b3412f') +
  stroke('M90 42q10-16 20 0', BRASS, 5)

const cushion: Shape = (p) =>
  fill('M42 54q58 16 116 0-14 50 0 104-58-14-116 0 14-54 0-104z', p.main) +
  fill('M76 60q12 1 18 1v92l-18 1zM106 61q12 0 18-1v94l-18-1z', p.light) +
  dot(100, 106, 5, p.dark) +
  stroke('M42 54l-5-6M158 54l5-6M42 158l-5 6M158 158l5 6', p.dark, 5)

const doormat: Shape = (p) =>
  oval(100, 112, 74, 46, p.dark) +
  oval(100, 112, 64, 38, p.light) +
  oval(100, 112, 54, 31, p.main) +
  oval(100, 112, 43, 24, p.light) +
  oval(100, 112, 32, 17, p.dark) +
  oval(100, 112, 20, 10, p.light) +
  oval(100, 112, 9, 4, p.main)

export const cabin = {
  throw: throwBlanket,
  lantern,
  candle,
  clock,
  cushion,
  doormat,
}
