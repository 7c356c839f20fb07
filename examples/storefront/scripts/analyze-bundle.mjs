/**
 * Weighs what the last build sends to browsers, per chunk and per route.
 * Prints a table; writes .next/analyze/bundle.json (bytes, gzip bytes).
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const next = fileURLToPath(new URL('../.next/', import.meta.url))

/** Text that survives minification and names its library. */
const LIBRARIES = { 'framer-motion': /layoutId/, 'react-dom': /__reactContainer\$/ }

const chunks = readdirSync(`${next}static/chunks`)
  .filter((name) => /\.(js|css)$/.test(name))
  .map(weigh)
  .sort((a, b) => b.gzip - a.gzip)

const routes = JSON.parse(readFileSync(`${next}diagnostics/route-bundle-stats.json`, 'utf8'))
  .map(({ route, firstLoadChunkPaths }) => ({ route, ...firstLoad(firstLoadChunkPaths) }))
  .sort((a, b) => a.route.localeCompare(b.route))

const report = {
  buildId: readFileSync(`${next}BUILD_ID`, 'utf8').trim(),
  total: { bytes: sum(chunks, 'bytes'), gzip: sum(chunks, 'gzip') },
  largestFirstLoadGzip: Math.max(...routes.map((route) => route.gzip)),
  libraries: Object.fromEntries(Object.keys(LIBRARIES).map((name) => [name, chunksWith(name)])),
  routes,
  chunks,
}

mkdirSync(`${next}analyze`, { recursive: true })
writeFileSync(`${next}analyze/bundle.json`, `${JSON.stringify(report, null, 2)}\n`)
print()

function weigh(name) {
  const content = readFileSync(`${next}static/chunks/${name}`)
  const text = content.toString('utf8')
  const libraries = Object.keys(LIBRARIES).filter((library) => LIBRARIES[library].test(text))
  return { chunk: name, bytes: content.length, gzip: gzipSync(content).length, libraries }
}

function firstLoad(paths) {
  const names = new Set(paths.map((path) => basename(path)))
  const loaded = chunks.filter((chunk) => names.has(chunk.chunk))
  return { bytes: sum(loaded, 'bytes'), gzip: sum(loaded, 'gzip'), chunks: [...names] }
}

function chunksWith(library) {
  return chunks.filter((chunk) => chunk.libraries.includes(library)).map((chunk) => chunk.chunk)
}

function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0)
}

function print() {
  const line = (name, { bytes, gzip }, note = '') =>
    console.log(`${name.padEnd(30)} ${kib(bytes)} ${kib(gzip)}  ${note}`)
  console.log(`${'chunk'.padEnd(30)} ${'raw'.padStart(10)} ${'gzip'.padStart(10)}`)
  for (const chunk of chunks) line(chunk.chunk, chunk, chunk.libraries.join(' '))
  line('all chunks', report.total)
  console.log('\nfirst load of JavaScript')
  for (const route of routes) line(route.route, route)
  console.log('\nwritten to .next/analyze/bundle.json')
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`.padStart(10)
}
