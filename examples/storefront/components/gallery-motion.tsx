'use client'

import { AnimatePresence, MotionConfig, motion } from 'framer-motion'
import { useState } from 'react'
import { ART_VIEWS } from '@/lib/art/product-art'
import styles from './gallery.module.css'
import { ProductPicture } from './product-picture'

export type GalleryProps = { art: string; hue: number; name: string }

const VIEW_NAMES = { front: 'Front', scene: 'By the sea', detail: 'Close up' }
const SWIPE = 60

/** Three views of a product: choose one below, or swipe. */
export function GalleryMotion({ art, hue, name }: GalleryProps) {
  const [index, setIndex] = useState(0)
  const view = ART_VIEWS[index] ?? 'front'
  const turn = (by: number) => setIndex((index + by + ART_VIEWS.length) % ART_VIEWS.length)
  return (
    <MotionConfig reducedMotion="user">
      <section className={styles.gallery} aria-label={`Pictures of ${name}`} data-testid="gallery-motion">
        <div className={styles.stage}>
          <AnimatePresence initial={false} mode="popLayout">
            <motion.div
              key={view}
              initial={{ opacity: 0, scale: 1.06 }}
              animate={{ opacity: 1, scale: 1 }}
              exit={{ opacity: 0 }}
              transition={{ duration: 0.35 }}
              drag="x"
              dragSnapToOrigin
              onDragEnd={(_, { offset }) => {
                if (Math.abs(offset.x) > SWIPE) turn(offset.x < 0 ? 1 : -1)
              }}
            >
              <ProductPicture art={art} hue={hue} view={view} />
            </motion.div>
          </AnimatePresence>
        </div>
        <div className={styles.thumbs}>
          {ART_VIEWS.map((choice, at) => (
            <motion.button
              key={choice}
              type="button"
              className={styles.thumb}
              aria-pressed={at === index}
              aria-label={VIEW_NAMES[choice]}
              whileTap={{ scale: 0.95 }}
              onClick={() => setIndex(at)}
            >
              <ProductPicture art={art} hue={hue} view={choice} />
            </motion.button>
          ))}
        </div>
      </section>
    </MotionConfig>
  )
}
