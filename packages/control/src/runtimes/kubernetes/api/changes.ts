/** A bell that rings at once for those who come too late: a change between two looks is never missed. */
export class Changes {
  #count = 0;
  #waiting: (() => void)[] = [];

  readonly ring = (): void => {
    this.#count += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  };

  get count(): number {
    return this.#count;
  }

  /** Resolves when there has been a change since `count`, or the signal aborts. */
  async since(count: number, signal: AbortSignal): Promise<void> {
    if (this.#count > count || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
