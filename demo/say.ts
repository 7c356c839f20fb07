import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Tells the story: plain lines, with colours only where a person reads them on a terminal. */
export class Say {
  readonly #out: WriteStream;
  readonly #startedAt = performance.now();
  #chapter = 0;
  #hushed = false;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  chapter(title: string): void {
    this.#chapter += 1;
    const at = this.#paint('dim', `  ${seconds(performance.now() - this.#startedAt)} in`);
    this.#write(`\n${this.#paint('bold', `${this.#chapter}  ${title}`)}${this.#chapter > 1 ? at : ''}`);
  }

  line(text: string): void {
    this.#write(`   ${text}`);
  }

  /** A figure with its name, in columns. */
  figure(name: string, text: string): void {
    this.line(`${this.#paint('dim', name.padEnd(18))}${text}`);
  }

  claim(text: string, holds: boolean): void {
    this.line(holds ? `${this.#paint('green', '✓')} ${text}` : `${this.#paint('red', '✗')} ${text}`);
  }

  warn(text: string): void {
    this.line(this.#paint('yellow', text));
  }

  end(text: string): void {
    this.#write(`\n${text}`);
  }

  /** Says nothing more. */
  hush(): void {
    this.#hushed = true;
  }

  #paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#out });
  }

  #write(text: string): void {
    if (!this.#hushed) this.#out.write(`${text}\n`);
  }
}

/** `850 ms`, `12.3 s`, `3 min 5 s`. */
export function seconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function count(n: number): string {
  return n.toLocaleString('en-GB');
}
