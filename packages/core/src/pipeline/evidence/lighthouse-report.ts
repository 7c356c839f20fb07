import { z } from 'zod';
import { readJson } from './json.ts';
import { listOf, mapOf } from './json-list.ts';
import { plain } from './plain.ts';

const audit = z.object({
  title: z.string(),
  score: z.number().min(0).max(1).nullable(),
  numericValue: z.number().min(0).optional(),
  displayValue: z.string().optional(),
});
const category = z.object({
  score: z.number().min(0).max(1).nullable(),
  auditRefs: listOf(z.object({ id: z.string(), weight: z.number() })).default([]),
});
const report = z.object({
  lighthouseVersion: z.string(),
  requestedUrl: z.string().optional(),
  runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
  categories: mapOf(category),
  audits: mapOf(audit),
});

export type Audit = z.output<typeof audit>;

/** One run of Lighthouse over one page. */
export interface LighthouseRun {
  /** Without the origin, whose port differs from run to run. */
  page: string;
  figures: Record<string, number>;
  /** Audits below a good score that count in a category, the lowest first. */
  weak: { id: string; audit: Audit }[];
  gap: string | null;
}

const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const metrics: Readonly<Record<string, string>> = {
  'first-contentful-paint': 'lighthouse.fcp',
  'largest-contentful-paint': 'lighthouse.lcp',
  'total-blocking-time': 'lighthouse.tbt',
  'cumulative-layout-shift': 'lighthouse.cls',
  'speed-index': 'lighthouse.speed-index',
};

/** @throws KovaError REPORT_MALFORMED */
export function readRun(text: string): LighthouseRun {
  const run = readJson(text, report);
  const figures: Record<string, number> = {};
  for (const id of categories) {
    const score = run.categories.get(id)?.score;
    if (typeof score === 'number') figures[`lighthouse.${id}`] = score;
  }
  for (const [id, name] of Object.entries(metrics)) {
    const value = run.audits.get(id)?.numericValue;
    if (value !== undefined) figures[name] = value;
  }
  return { page: pageOf(run.requestedUrl ?? ''), figures, weak: weakAudits(run), gap: gapOf(run, figures) };
}

const pageOf = (url: string) => url.replace(/^[a-z]+:\/\/[^/]*/, '') || '/';

function gapOf({ runtimeError }: z.output<typeof report>, figures: Record<string, number>): string | null {
  if (runtimeError)
    return `lighthouse could not load the page: ${runtimeError.code} ${plain(runtimeError.message, 200)}`;
  return Object.keys(figures).length === 0 ? 'the report has no scores' : null;
}

function weakAudits({ categories: all, audits }: z.output<typeof report>): LighthouseRun['weak'] {
  const refs = [...all.values()].flatMap(({ auditRefs }) => auditRefs);
  const weighty = new Set(refs.flatMap(({ id, weight }) => (weight > 0 ? [id] : [])));
  const weak = [...audits].flatMap(([id, one]) =>
    weighty.has(id) && one.score !== null && one.score < 0.9 ? [{ id, audit: one }] : [],
  );
  return weak.sort((a, b) => (a.audit.score ?? 0) - (b.audit.score ?? 0));
}
