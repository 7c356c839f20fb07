import { CREAM, INK, STEEL, WOOD } from './palette'
import { box, dot, fill, oval, type Shape, stroke, turned } from './shape'

const mug: Shape = (p) =>
  stroke('M130 88q32 2 30 26t-30 22', p.main, 11) +
  box(58, 68, 76, 84, 12, p.main) +
  box(54, 62, 84, 12, 6, p.dark) +
  box(68, 82, 8, 54, 4, p.light) +
  dot(98, 96, 2.5, p.light) +
  dot(114, 112, 2, p.light) +
  dot(94, 128, 2, p.light) +
  dot(118, 138, 2.5, p.light) +
  dot(112, 86, 1.8, p.light)

const skillet: Shape = (p) =>
  stroke('M126 74l40-40', INK, 16) +
  dot(164, 36, 4, p.sky) +
  dot(90, 110, 56, INK) +
  dot(90, 110, 46, p.dark) +
  fill('M58 110a32 32 0 0 1 32-32v8a24 24 0 0 0-24 24z', p.light, 0.35) +
  dot(98, 118, 17, CREAM) +
  dot(100, 116, 8, '#f2b33d')

const bowl: Shape = (p) =>
  fill('M36 90h128q-4 66-64 66t-64-66z', p.main) +
  oval(100, 90, 64, 17, p.dark) +
  oval(100, 93, 54, 12, p.light) +
  stroke('M46 118q9-8 18 0t18 0 18 0 18 0 18 0 18 0', p.light, 5) +
  box(80, 152, 40, 8, 4, p.dark)

const knife: Shape = (p) =>
  turned(
    38,
    fill('M100 26q24 34 11 80h-22q-13-46 11-80z', STEEL) +
      fill('M100 26q24 34 11 80h-11z', '#8e9ca6') +
      box(84, 102, 32, 12, 5, INK) +
      box(87, 112, 26, 62, 12, p.main) +
      dot(100, 130, 3, CREAM) +
      dot(100, 154, 3, CREAM),
  )

const kettle: Shape = (p) =>
  stroke('M64 88q36-66 72 0', INK, 8) +
  fill('M140 118l30-32 12 8-32 44z', p.dark) +
  fill('M48 142q-4-64 52-64t52 64q0 14-14 14H62q-14 0-14-14z', p.main) +
  oval(100, 81, 27, 8, p.dark) +
  dot(100, 70, 7, INK) +
  stroke('M66 134q-2-30 18-40', p.light, 6)

const board: Shape = (p) =>
  turned(
    -16,
    box(134, 90, 46, 22, 11, WOOD) +
      dot(168, 101, 5, p.sky) +
      box(34, 58, 112, 86, 18, WOOD) +
      stroke('M48 80h80M46 98h92M48 118h70', '#9c6c3b', 3) +
      dot(70, 104, 17, '#f0c64b') +
      dot(70, 104, 12, '#f8e08c') +
      stroke('M70 93v22M59 104h22', '#f0c64b', 2) +
      oval(112, 88, 13, 10, p.main) +
      dot(116, 87, 3, '#b3412f'),
  )

export const galley = { mug, skillet, bowl, knife, kettle, board }
