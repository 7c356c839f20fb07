import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = [
  'app',
  'components',
  'lib',
  'server',
  'instrumentation.ts',
  'next.config.ts',
  'package-lock.json',
]

/** Twenty hex digits that change with anything the build reads. */
export function sourceHash(root) {
  const hash = createHash('sha256')
  for (const source of SOURCES) addTo(hash, root, source)
  return hash.digest('hex').slice(0, 20)
}

function addTo(hash, root, path) {
  const absolute = join(root, path)
  if (statSync(absolute).isDirectory()) {
    for (const name of readdirSync(absolute).sort()) addTo(hash, root, `${path}/${name}`)
  } else {
    hash.update(`${path}\0`).update(readFileSync(absolute))
  }
}
