/** The first lines of every file of this suite, as comments that begin with `#` or `--`. */
export function header(mark = '#'): string {
  return [
    'Rendered by `kova render compose` from kova.config.ts; do not edit.',
    'To render it again: kova render compose. To see whether it has drifted: kova render compose --check.',
  ]
    .map((line) => `${mark} ${line}\n`)
    .join('');
}
