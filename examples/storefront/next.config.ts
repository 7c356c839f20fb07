import type { NextConfig } from 'next'
import { sourceHash } from './scripts/source-hash.mjs'

const root = import.meta.dirname

const config: NextConfig = {
  output: 'standalone',
  // The app stands alone, wherever its folder happens to be.
  outputFileTracingRoot: root,
  turbopack: { root },
  // The same source gives the same build id, on every machine.
  generateBuildId: () => sourceHash(root),
  serverExternalPackages: ['pg', 'redis'],
  // db/migrate.mjs runs inside the standalone output and imports pg as ESM.
  outputFileTracingIncludes: {
    '/api/health': ['./node_modules/pg/**', './node_modules/pg-*/**'],
  },
  outputFileTracingExcludes: {
    '*': ['./node_modules/sharp/**', './node_modules/@img/**'],
  },
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run type-check` is its own step; the build does not repeat it.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
}

const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=()',
  },
  {
    key: 'Content-Security-Policy',
    value: "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  },
]

export default config
