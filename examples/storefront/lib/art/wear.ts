import { BRASS, CREAM } from './palette'
import { box, dot, fill, type Shape, stroke } from './shape'

/** Torso and sleeves, shared by everything with arms. */
const TORSO = 'M74 50l26 8 26-8 38 26-12 66-20-4v24H68v-24l-20 4-12-66z'

const jacket: Shape = (p) =>
  fill(TORSO, p.main) +
  fill('M72 54q28-44 56 0l-28 22z', p.dark) +
  stroke('M100 76v86', p.dark, 4) +
  box(74, 120, 20, 24, 4, p.dark) +
  box(106, 120, 20, 24, 4, p.dark) +
  dot(107, 88, 3.5, CREAM) +
  dot(107, 106, 3.5, CREAM) +
  stroke('M68 84v50M132 84v50', p.dark, 2)

const sweater: Shape = (p) =>
  fill(TORSO, p.main) +
  stroke('M80 54q20 20 40 0', p.dark, 7) +
  stroke('M84 76l8 10-8 10 8 10-8 10 8 10M108 76l8 10-8 10 8 10-8 10 8 10', p.light, 3.5) +
  stroke('M100 74v64', p.light, 2.5) +
  box(68, 150, 64, 12, 4, p.dark) +
  fill('M48 142l20-4v-10l-22 4zM152 142l-20-4v-10l22 4z', p.dark)

const cap: Shape = (p) =>
  fill('M50 120q0-70 50-70t50 70z', p.main) +
  stroke('M70 108q2-34 18-52M100 106V54M130 108q-2-34-18-52', p.dark, 3) +
  box(42, 112, 116, 34, 12, p.dark) +
  stroke('M58 120v18M74 120v18M90 120v18M106 120v18M122 120v18M138 120v18', p.main, 3) +
  box(84, 120, 32, 18, 3, CREAM) +
  stroke('M90 130q5-5 10 0t10 0', p.main, 2.5)

const boot = (x: number, y: number, colour: string, sole: string, band: string) =>
  `<g transform="translate(${x} ${y})">${
    fill('M0 0h36v62q0 10 14 14l24 8q10 4 10 16H0z', colour) +
    box(-4, 98, 92, 13, 6, sole) +
    box(-3, -4, 42, 14, 5, band)
  }</g>`

const boots: Shape = (p) => boot(78, 42, p.dark, '#8a6b4a', p.main) + boot(50, 52, p.main, CREAM, p.light)

const breton: Shape = (p) =>
  fill(TORSO, CREAM) +
  stroke('M72 74h56M70 88h60M70 102h60M70 116h60M70 130h60M70 144h60', p.main, 5.5) +
  stroke('M46 92l14 4M44 108l14 3M154 92l-14 4M156 108l-14 3', p.main, 5.5) +
  stroke('M76 52q24 16 48 0', p.dark, 4)

const socks: Shape = (p) =>
  `<g transform="translate(26 6)" opacity=".85">${sock(p.dark, p.main, p.light)}</g>` +
  sock(p.main, p.light, p.dark)

const sock = (colour: string, cuff: string, toe: string) =>
  fill('M62 40h38v62l30 22q15 12 4 26-11 12-27 3l-38-25q-7-5-7-16z', colour) +
  box(59, 36, 44, 18, 6, cuff) +
  fill('M122 118l8 6q15 12 4 26-11 12-27 3l-4-3z', toe) +
  stroke('M64 66h34M64 76h34', cuff, 4)

export const wear = { jacket, sweater, cap, boots, breton, socks }

/** What an unknown drawing falls back to. */
export const parcel: Shape = (p) =>
  box(52, 66, 96, 88, 8, p.main) + box(92, 66, 16, 88, 0, BRASS) + box(52, 98, 96, 14, 0, BRASS)
