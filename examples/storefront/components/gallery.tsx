'use client'

import { type ComponentType, useEffect, useState } from 'react'
import styles from './gallery.module.css'
import type { GalleryProps } from './gallery-motion'
import { ProductPicture } from './product-picture'

/**
 * A still picture from the server, replaced by the moving gallery once its chunk
 * (framer-motion) has come. Should the chunk fail, the still stays and the error is reported.
 */
export function Gallery(props: GalleryProps) {
  const [Moving, setMoving] = useState<ComponentType<GalleryProps>>()
  useEffect(() => {
    import('./gallery-motion').then((chunk) => setMoving(() => chunk.GalleryMotion), reportError)
  }, [])
  if (Moving) return <Moving {...props} />
  return (
    <div className={styles.gallery}>
      <ProductPicture art={props.art} hue={props.hue} className={styles.stage} />
      <div className={styles.thumbsPlace} />
    </div>
  )
}
