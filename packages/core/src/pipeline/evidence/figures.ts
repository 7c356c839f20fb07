import { type EvidenceKind, evidenceKinds } from './evidence.ts';

export type Unit = 'percent' | 'score' | 'ratio' | 'ms' | 'bytes' | 'count';

export interface Figure {
  /** `bundle.chunk.<name>` stands for one figure a chunk. */
  name: string;
  kind: EvidenceKind;
  /** How it is called in the sentence of a verdict. */
  label: string;
  unit: Unit;
  better: 'higher' | 'lower' | null;
  says: string;
  /** One of many parts of a whole: where it is missing it is nothing. */
  part: boolean;
}

type Row = [name: string, label: string, unit: Unit, better: Figure['better'], says: string];

const byKind: Readonly<Record<EvidenceKind, readonly Row[]>> = {
  junit: [
    ['tests.total', 'tests', 'count', null, 'tests in the report'],
    ['tests.passed', 'passed tests', 'count', 'higher', 'tests that passed, flaky ones included'],
    ['tests.failed', 'failed tests', 'count', 'lower', 'tests that failed or could not run to their end'],
    ['tests.skipped', 'skipped tests', 'count', 'lower', 'tests that were not run'],
    ['tests.flaky', 'flaky tests', 'count', 'lower', 'tests that failed and passed when tried again'],
    ['tests.duration', 'test time', 'ms', 'lower', 'sum of the times of all tests'],
  ],
  lcov: [
    ['coverage.lines', 'coverage', 'percent', 'higher', 'lines that ran, of all that could'],
    ['coverage.branches', 'branch coverage', 'percent', 'higher', 'branches that were taken, of all'],
    ['coverage.functions', 'function coverage', 'percent', 'higher', 'functions that were called, of all'],
  ],
  sarif: [
    [
      'security.errors',
      'findings of level error',
      'count',
      'lower',
      'findings of level error, suppressed ones left out',
    ],
    ['security.warnings', 'findings of level warning', 'count', 'lower', 'findings of level warning, likewise'],
    ['security.notes', 'findings of level note', 'count', 'lower', 'findings of level note, likewise'],
    [
      'security.suppressed',
      'suppressed findings',
      'count',
      'lower',
      'findings that the sources or a baseline suppress',
    ],
  ],
  lighthouse: [
    ['lighthouse.performance', 'lighthouse performance', 'score', 'higher', 'score of the category, 0 to 1'],
    ['lighthouse.accessibility', 'lighthouse accessibility', 'score', 'higher', 'likewise'],
    ['lighthouse.best-practices', 'lighthouse best practices', 'score', 'higher', 'likewise'],
    ['lighthouse.seo', 'lighthouse SEO', 'score', 'higher', 'likewise'],
    ['lighthouse.fcp', 'first contentful paint', 'ms', 'lower', 'when the first content is seen'],
    ['lighthouse.lcp', 'largest contentful paint', 'ms', 'lower', 'when the largest content is seen'],
    ['lighthouse.tbt', 'total blocking time', 'ms', 'lower', 'time for which input would have waited'],
    ['lighthouse.cls', 'cumulative layout shift', 'ratio', 'lower', 'how much the layout moved'],
    ['lighthouse.speed-index', 'speed index', 'ms', 'lower', 'how soon the page looks complete'],
    ['lighthouse.runs', 'lighthouse runs', 'count', null, 'runs of each page that the medians are taken of'],
  ],
  load: [
    ['load.rps', 'answers a second', 'count', 'higher', 'answers a second under load, whatever their status'],
    ['load.p50', 'p50', 'ms', 'lower', 'median of the latency under load'],
    ['load.p95', 'p95', 'ms', 'lower', '95th percentile of the latency under load'],
    ['load.p99', 'p99', 'ms', 'lower', '99th percentile of the latency under load'],
    ['load.errors', 'failed requests', 'percent', 'lower', 'requests that failed, of all; 4xx and 5xx among them'],
    ['load.requests', 'requests', 'count', null, 'requests that the figures are taken of'],
  ],
  bundle: [
    ['bundle.total', 'bundle', 'bytes', 'lower', 'all scripts and styles that browsers can be sent'],
    ['bundle.gzip', 'bundle (gzip)', 'bytes', 'lower', 'the same, compressed'],
    ['bundle.first-load', 'first load', 'bytes', 'lower', 'scripts and styles of the heaviest page'],
    ['bundle.route.<route>', '<route> first load', 'bytes', 'lower', 'scripts and styles of one page'],
    ['bundle.chunk.<name>', '<name> chunk', 'bytes', 'lower', 'chunks by the library they hold, or by their name'],
  ],
  cyclonedx: [
    ['sbom.components', 'components', 'count', null, 'components that the release is made of'],
    ['sbom.unlicensed', 'components without a licence', 'count', 'lower', 'components that name no licence'],
  ],
  'npm-audit': [
    [
      'dependencies.critical',
      'critical vulnerabilities',
      'count',
      'lower',
      'packages whose worst advisory is critical',
    ],
    ['dependencies.high', 'high vulnerabilities', 'count', 'lower', 'likewise high'],
    ['dependencies.moderate', 'moderate vulnerabilities', 'count', 'lower', 'likewise moderate'],
    ['dependencies.low', 'low vulnerabilities', 'count', 'lower', 'likewise low'],
    ['dependencies.audited', 'audited packages', 'count', null, 'packages that were looked up'],
  ],
  image: [
    ['image.size', 'image', 'bytes', 'lower', 'the image of the release, unpacked'],
    ['image.layers', 'layers', 'count', 'lower', 'layers of the image, those of its base included'],
    ['image.part.<name>', '<name>', 'bytes', 'lower', 'what the base and the release take of it'],
  ],
};

/** Every figure that a report can give: gates, rendering and documentation come from here. */
export const figures: readonly Figure[] = evidenceKinds.flatMap((kind) =>
  byKind[kind].map(([name, label, unit, better, says]) => ({
    name,
    kind,
    label,
    unit,
    better,
    says,
    part: name.endsWith('>'),
  })),
);

const exact = new Map(figures.map((figure) => [figure.name, figure]));
const patterns = figures.filter(({ part }) => part);

/** The figure of this name, a pattern's placeholder filled in: `bundle.chunk.main` is called `main chunk`. */
export function figureOf(name: string): Figure | null {
  const known = exact.get(name);
  if (known) return known;
  for (const pattern of patterns) {
    const [prefix = '', placeholder = ''] = pattern.name.split(/(?=<)/);
    if (!name.startsWith(prefix)) continue;
    return { ...pattern, name, label: pattern.label.replace(placeholder, () => name.slice(prefix.length)) };
  }
  return null;
}
