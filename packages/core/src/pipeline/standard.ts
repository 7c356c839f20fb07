import type { JobConfig, JobWish } from './job.ts';

/** What the standard jobs depend on in a project's configuration. */
export interface Buildable {
  app: {
    install: readonly string[] | null;
    build: readonly string[] | null;
    buildTimeout: number;
    output: ReadonlyArray<{ from: string }>;
  };
  services: Readonly<Record<string, { kind: 'postgres' | 'redis' }>>;
}

type Job = JobWish & Pick<JobConfig, 'run'>;

/** What an install depends on, whatever installs: a change elsewhere leaves node_modules as they are. */
const manifests = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  '.npmrc',
  'patches',
  'prisma',
];

/** The jobs that every pipeline has: they make what is released. */
export function buildJobs({ app }: Buildable): Record<string, Job> {
  const { install, build, buildTimeout, output } = app;
  const outputs = output.map(({ from }) => from);
  return {
    ...(install
      ? { install: { run: [[...install]], inputs: manifests, outputs: ['node_modules'], timeout: buildTimeout } }
      : {}),
    ...(build
      ? {
          build: {
            ...{ run: [[...build]], needs: install ? ['install'] : [], outputs, timeout: buildTimeout },
            carry: ['.next/cache', 'node_modules/.cache'],
          },
        }
      : {}),
  };
}

const script = (name: string) => ['npm', 'run', name];

const check = (...words: string[]) => ['kova-check', ...words];

/** What Kova's own programs look at; what they find depends on the world outside as well, so it is looked at each time. */
function checkJobs(install: string[], build: string[]): Record<string, Job> {
  return {
    'dependency-audit': {
      run: [check('audit')],
      inputs: manifests,
      cache: false,
      reports: [{ kind: 'npm-audit', path: 'reports/audit.json' }],
    },
    'security-scan': {
      run: [check('security')],
      needs: install,
      cache: false,
      reports: [
        { kind: 'sarif', path: 'reports/security.sarif' },
        { kind: 'cyclonedx', path: 'reports/sbom.cdx.json' },
      ],
    },
    'bundle-analysis': {
      run: [check('bundle')],
      needs: build,
      reports: [{ kind: 'bundle', path: 'reports/bundle.json' }],
    },
  };
}

/** The manual's jobs. A script that a project does not have makes its job inconclusive, never green. */
export function standardJobs(config: Buildable): Record<string, Job> {
  const install = config.app.install ? ['install'] : [];
  const build = config.app.build ? ['build'] : install;
  const services = [...new Set(Object.values(config.services).map(({ kind }) => kind))];
  const served = { needs: [...new Set([...install, ...build])], services, serve: true };
  return {
    'code-quality': { run: [script('type-check'), script('lint')], needs: install },
    'unit-tests': {
      run: [script('test:coverage')],
      needs: install,
      outputs: ['coverage'],
      reports: [
        { kind: 'junit', path: 'reports/unit*.xml' },
        { kind: 'lcov', path: 'coverage/lcov.info' },
      ],
    },
    'integration-tests': {
      run: [script('test:integration')],
      ...served,
      reports: [{ kind: 'junit', path: 'reports/integration*.xml' }],
    },
    'e2e-tests': {
      run: [script('test:e2e')],
      ...served,
      browser: true,
      reports: [{ kind: 'junit', path: 'reports/e2e*.xml' }],
      keep: ['playwright-report', 'test-results'],
    },
    'performance-audit': {
      run: [check('lighthouse', '--runs', '3')],
      ...served,
      browser: true,
      reports: [{ kind: 'lighthouse', path: 'reports/lighthouse-*.json' }],
    },
    ...checkJobs(install, build),
  };
}
