/**
 * Keeps a value for `freshMs`. One caller loads while the others wait for the same load.
 * When loading fails, a value younger than `usableMs` is served instead of an error.
 */
export class FreshValue<T> {
  #value: T | undefined
  #loadedAt = Number.NEGATIVE_INFINITY
  #loading: Promise<T> | undefined
  readonly #load: () => Promise<T>
  readonly #freshMs: number
  readonly #usableMs: number

  constructor(load: () => Promise<T>, times: { freshMs: number; usableMs: number }) {
    this.#load = load
    this.#freshMs = times.freshMs
    this.#usableMs = times.usableMs
  }

  async get(): Promise<T> {
    if (this.#value !== undefined && this.#age() < this.#freshMs) return this.#value
    this.#loading ??= this.#refresh()
    return this.#loading
  }

  forget(): void {
    this.#loadedAt = Number.NEGATIVE_INFINITY
  }

  #age(): number {
    return performance.now() - this.#loadedAt
  }

  async #refresh(): Promise<T> {
    try {
      this.#value = await this.#load()
      this.#loadedAt = performance.now()
      return this.#value
    } catch (error) {
      if (this.#value !== undefined && this.#age() < this.#usableMs) return this.#value
      throw error
    } finally {
      this.#loading = undefined
    }
  }
}
