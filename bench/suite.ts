import { type Figure, failed } from './result.ts';

export interface SuiteOptions {
  /** Fewer and smaller samples, to see that all works. */
  quick: boolean;
  say: (line: string) => void;
  /** Only the parts whose names hold this. */
  only?: string | undefined;
}

export interface Suite {
  figures: Figure[];
  /** Measures a part of the suite; one that cannot be measured is said, and does not keep the others from it. */
  part(name: string, work: () => Promise<Figure[]>): Promise<void>;
}

/** Collects the figures of a suite, and says them as they come. */
export function suiteOf(suite: string, { say, only }: SuiteOptions): Suite {
  const figures: Figure[] = [];
  const began = performance.now();
  return {
    figures,
    async part(name, work) {
      if (only !== undefined && !name.includes(only)) return;
      say(`${Math.round((performance.now() - began) / 1000)} s: ${name} …`);
      const done = await work().catch((error: Error) => [failed(`${suite}.${name}`, error.message)]);
      for (const { id, value, unit, note } of done) say(`  ${id} ${value ?? 'failed'} ${unit} ${note}`);
      figures.push(...done);
    },
  };
}
