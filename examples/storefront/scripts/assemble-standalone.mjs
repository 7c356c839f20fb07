/** Makes .next/standalone complete: `node server.js` and `npm run db:migrate` run from inside it. */
import { cpSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const standalone = `${root}.next/standalone/`

const copies = [
  ['.next/static', '.next/static'],
  ['public', 'public'],
  ['db', 'db'],
]

for (const [from, to] of copies) {
  rmSync(`${standalone}${to}`, { recursive: true, force: true })
  if (existsSync(root + from)) cpSync(root + from, standalone + to, { recursive: true })
}
console.log('standalone: .next/standalone is complete (static, public, db)')
