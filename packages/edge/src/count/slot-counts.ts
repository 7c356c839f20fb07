import { randomUUID } from 'node:crypto';
import { LatencyHistogram } from './histogram.ts';

/** New for every start of the edge, so that counters which began at zero again are told apart. */
export const bootId = randomUUID();

let epochs = 0;

/** What users' requests did in one slot; only grows. */
export class SlotCounts {
  readonly epoch = `${bootId}/${++epochs}`;
  requests = 0;
  errors = 0;
  retries = 0;
  /** Answers by the first digit of their status: index 2 is 2xx. */
  readonly classes: number[] = [0, 0, 0, 0, 0, 0];
  readonly latency = new LatencyHistogram();

  answered(status: number, milliseconds: number): void {
    this.requests++;
    const digit = Math.floor(status / 100);
    this.classes[digit] = (this.classes[digit] ?? 0) + 1;
    if (status >= 500) this.errors++;
    this.latency.observe(milliseconds);
  }

  /** No answer, or one that broke off: the instance's fault. */
  failed(milliseconds: number): void {
    this.requests++;
    this.errors++;
    this.latency.observe(milliseconds);
  }

  /** The client left first: a request, but nobody's error. */
  clientLeft(): void {
    this.requests++;
  }
}
