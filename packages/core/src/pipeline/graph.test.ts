import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { checkNeeds, expand, type Jobs, withNeeds } from './graph.ts';
import { completeJob, type JobWish } from './job.ts';

const run = [['true']];
const jobsOf = (wishes: Record<string, JobWish>): Jobs =>
  Object.fromEntries(
    Object.entries(wishes).map(([name, wish]) => [name, completeJob({ ...wish, run: wish.run ?? run })]),
  );

/** Graphs without a cycle: a job needs only jobs of a smaller number. */
const graphs = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
  .map((rows) =>
    jobsOf(
      Object.fromEntries(
        rows.map((needs, index) => [
          `j${index}`,
          { needs: [...new Set(needs.filter((need) => need < index))].map((need) => `j${need}`) },
        ]),
      ),
    ),
  );

test('every job comes after all that it needs, once, whatever the order they are written in', () => {
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), (jobs, random) => {
      const shuffled = Object.fromEntries(
        Object.entries(jobs)
          .map((entry) => ({ entry, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ entry }) => entry),
      );
      const graph = expand(shuffled);
      const seen = new Set<string>();
      for (const { name, needs } of graph) {
        expect(needs.every((need) => seen.has(need))).toBe(true);
        seen.add(name);
      }
      expect(seen.size).toBe(Object.keys(jobs).length);
      expect(graph.length).toBe(seen.size);
    }),
  );
});

test('a matrix is one job for each combination, and a need on it is one on all of them', () => {
  const graph = expand(jobsOf({ unit: { matrix: { NODE: ['22', '24'], DB: ['a', 'b'] } }, end: { needs: ['unit'] } }));
  expect(graph.map(({ name }) => name)).toEqual([
    'unit[NODE=22,DB=a]',
    'unit[NODE=22,DB=b]',
    'unit[NODE=24,DB=a]',
    'unit[NODE=24,DB=b]',
    'end',
  ]);
  expect(graph.at(-1)!.needs).toHaveLength(4);
  expect(graph[1]!.values).toEqual({ NODE: '22', DB: 'b' });
});

test('a cycle is refused with its way round', () => {
  const jobs = jobsOf({ a: { needs: ['c'] }, b: { needs: ['a'] }, c: { needs: ['b'] } });
  expect(checkNeeds(jobs)).toEqual(['pipeline.jobs.a.needs: a → c → b → a is a cycle']);
  expect(checkNeeds(jobsOf({ a: { needs: ['a'] } }))).toEqual(['pipeline.jobs.a.needs: a → a is a cycle']);
});

test('an unknown need is refused with its path and what there is', () => {
  expect(checkNeeds(jobsOf({ a: {}, b: { needs: ['a', 'buid'] } }))).toEqual([
    'pipeline.jobs.b.needs[1]: there is no job buid; there are a, b',
  ]);
});

test('a job asked for brings along all that it needs, and nothing else', () => {
  const graph = expand(jobsOf({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] }, d: { needs: ['a'] } }));
  expect(withNeeds(graph, ['c']).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test('the critical path is the longest chain, and no chain is longer', () => {
  fc.assert(
    fc.property(graphs, fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }), (jobs, durations) => {
      const timed = expand(jobs).map(({ name, needs }, index) => ({ name, needs, ms: durations[index] ?? 0 }));
      const { names, ms } = criticalPath(timed);
      const of = new Map(timed.map((job) => [job.name, job]));
      expect(names.reduce((sum, name) => sum + of.get(name)!.ms, 0)).toBe(ms);
      for (const [index, name] of names.slice(1).entries()) expect(of.get(name)!.needs).toContain(names[index]);
      const longestTo = (name: string): number =>
        of.get(name)!.ms + Math.max(0, ...of.get(name)!.needs.map((need) => longestTo(need)));
      if (timed.length <= 10) expect(ms).toBe(Math.max(...timed.map(({ name }) => longestTo(name))));
    }),
  );
});
