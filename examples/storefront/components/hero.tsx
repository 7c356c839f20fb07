import styles from './hero.module.css'

export function Hero() {
  return (
    <section className={styles.hero} aria-labelledby="hero-title">
      <Seascape />
      <div className={styles.text}>
        <p className={styles.kicker}>Autumn stock is in</p>
        <h1 id="hero-title">Things that have met weather before</h1>
        <p className={styles.lead}>
          Enamel, oilskin, brass and wool. Made in small harbours, tested by people who get wet for a living.
        </p>
        <a href="/products" className={styles.action}>
          Browse the shop
        </a>
      </div>
    </section>
  )
}

/** Drawn as text: thirty elements that never change cost a render nothing this way. */
const SEA = `
  <defs>
    <linearGradient id="sky" x2="0" y2="1">
      <stop stop-color="#10303f"/><stop offset=".62" stop-color="#3c7184"/><stop offset="1" stop-color="#f3c08d"/>
    </linearGradient>
  </defs>
  <path d="M0 0h1200v520H0z" fill="url(#sky)"/>
  <circle cx="905" cy="282" r="78" fill="#f9c98f"/>
  <path d="M0 306q150-16 300 0t300 0 300 0 300 0v214H0z" fill="#2c6578"/>
  <g transform="translate(1010 150)">
    <path d="M-18 152L-11 24h30l7 128z" fill="#f7efe0"/>
    <path d="M-14 90L-12.500 58h33L22 90z" fill="#b6452c"/>
    <path d="M-11 24h30v-5h-30zM-6 19V2h20v17z" fill="#12313f"/>
    <circle cx="4" cy="10" r="5" fill="#ffe6a8"/>
    <path d="M-8 2L4-9 16 2z" fill="#b6452c"/>
    <path class="${styles.beam}" d="M0 8L-330-34v76z" fill="#ffe6a8"/>
    <path d="M-100 172q46-36 104-26t112 34z" fill="#12313f"/>
  </g>
  <g class="${styles.boat}">
    <path d="M742 336h86q-8 24-22 24h-44q-14 0-20-24z" fill="#12313f"/>
    <path d="M780 330V244l44 84zM774 330v-66l-30 64z" fill="#fbf3e2"/>
  </g>
  <path d="M0 350q100-20 200 0t200 0 200 0 200 0 200 0 200 0v170H0z" fill="#1d5164"/>
  <path d="M0 412q120-24 240 0t240 0 240 0 240 0 240 0v108H0z" fill="#143f50"/>
  <path d="M0 470q90-18 180 0t180 0 180 0 180 0 180 0 180 0 180 0v60H0z" fill="#0f3140"/>
`

function Seascape() {
  return (
    <svg
      className={styles.sea}
      viewBox="0 0 1200 520"
      preserveAspectRatio="xMaxYMid slice"
      aria-hidden="true"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
      dangerouslySetInnerHTML={{ __html: SEA }}
    />
  )
}
