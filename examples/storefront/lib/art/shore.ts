import { BRASS, CREAM, INK, WOOD } from './palette'
import { box, dot, fill, oval, type Shape, stroke } from './shape'

const drybag: Shape = (p) =>
  stroke('M60 80q-28 30 4 66', INK, 6) +
  box(58, 62, 84, 98, 22, p.main) +
  box(52, 46, 96, 22, 11, p.dark) +
  box(90, 42, 20, 30, 5, BRASS) +
  fill('M100 92q20 28 0 40-20-12 0-40z', p.light) +
  stroke('M70 146h60', p.dark, 4)

const compass: Shape = (p) =>
  stroke('M88 40q12-20 24 0', BRASS, 6) +
  dot(100, 104, 60, BRASS) +
  dot(100, 104, 50, CREAM) +
  `<circle cx="100" cy="104" r="40" fill="none" stroke="${p.main}" stroke-width="3" stroke-dasharray="2 8.47"/>` +
  fill('M118 70l-9 40-18-12z', '#b3412f') +
  fill('M82 138l9-40 18 12z', p.dark) +
  dot(100, 104, 5, BRASS)

const stool: Shape = (p) =>
  stroke('M62 92l70 68M138 92l-70 68', WOOD, 10) +
  fill('M40 70q60 20 120 0v20q-60 20-120 0z', p.main) +
  fill('M64 76q10 2 18 3v20q-9-1-18-3zM118 79q10-1 18-3v20q-9 2-18 3z', p.light) +
  dot(97, 127, 5, BRASS)

const flask: Shape = (p) =>
  stroke('M128 92q30 2 28 28t-28 22', INK, 9) +
  box(70, 62, 60, 102, 16, p.main) +
  box(76, 32, 48, 36, 10, p.dark) +
  box(70, 78, 60, 7, 0, BRASS) +
  box(70, 146, 60, 6, 0, BRASS) +
  box(80, 94, 8, 42, 4, p.light) +
  box(76, 58, 48, 5, 2, BRASS)

const binoculars: Shape = (p) =>
  box(86, 92, 28, 22, 6, BRASS) +
  box(48, 82, 44, 74, 16, p.main) +
  box(108, 82, 44, 74, 16, p.main) +
  box(54, 52, 32, 36, 9, INK) +
  box(114, 52, 32, 36, 9, INK) +
  oval(70, 150, 20, 9, p.dark) +
  oval(130, 150, 20, 9, p.dark) +
  oval(70, 150, 13, 5, p.light) +
  oval(130, 150, 13, 5, p.light) +
  stroke('M56 60q-40-20-34 40M144 60q40-20 34 40', INK, 4)

const kite: Shape = (p) =>
  stroke('M98 146q-30 14-8 26t-14 22', INK, 2.5) +
  fill('M104 28L54 80h50z', p.main) +
  fill('M104 28l46 52h-46z', p.light) +
  fill('M54 80l44 66 6-66z', BRASS) +
  fill('M150 80l-52 66 6-66z', p.dark) +
  fill('M86 158l-14-6v14zM86 158l14-6v14zM84 182l-14-6v14zM84 182l14-6v14z', p.main)

export const shore = { drybag, compass, stool, flask, binoculars, kite }
