import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { SiteFooter } from '@/components/site-footer'
import { SiteHeader } from '@/components/site-header'
import './globals.css'

/** Every page shows the cart and the running release, so none is prerendered. */
export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { default: 'Tidewater Goods', template: '%s · Tidewater Goods' },
  description: 'Well-made things for life by the water: galley, cabin, deck and shore.',
}

export const viewport: Viewport = { themeColor: '#12313f' }

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en-GB">
      <body>
        <a className="skip-link" href="#main">
          Skip to content
        </a>
        <SiteHeader />
        <main id="main">{children}</main>
        <SiteFooter />
      </body>
    </html>
  )
}
