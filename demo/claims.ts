import type { Say } from './say.ts';

export interface Claim {
  text: string;
  holds: boolean;
}

/** What the demo says of Kova, each checked as it is said. */
export class Claims {
  readonly all: Claim[] = [];
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  claim(text: string, holds: boolean): void {
    this.all.push({ text, holds });
    this.#say.claim(text, holds);
  }

  broken(): string[] {
    return this.all.filter(({ holds }) => !holds).map(({ text }) => text);
  }
}
