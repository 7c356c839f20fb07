import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { cannotCheck, type Place } from '../check.ts';
import { dropReport, reportPath, writeReport } from '../report/write.ts';
import { runTool } from '../run.ts';
import type { Checked, Part } from './part.ts';
import { versionOf } from './version.ts';

const name = 'sbom.cdx.json';
const timeoutMs = 300_000;
const packageName = '@cyclonedx/cyclonedx-npm';

/** The list of all that the app is made of, beside the findings. */
export const sbomPart: Part = {
  name: 'sbom',
  tool: {
    name: 'cyclonedx-npm',
    version: versionOf(packageName),
    url: 'https://github.com/CycloneDX/cyclonedx-node-npm',
  },
  check: writeSbom,
};

async function writeSbom(place: Place, files: readonly string[]): Promise<Checked | null> {
  await dropReport(place, name);
  if (!files.includes('package.json')) return null;
  if (!files.includes('package-lock.json') && !files.includes('npm-shrinkwrap.json')) {
    throw cannotCheck('a bill of materials is made of an npm lockfile only', 'commit a package-lock.json');
  }
  const scratch = await mkdtemp(join(tmpdir(), 'kc-sbom-'));
  try {
    const text = await makeSbom(place, join(scratch, name));
    await writeReport(place, name, text);
    const count = (JSON.parse(text).components ?? []).length;
    return { findings: [], rules: [], passedOver: [], told: `${count} components, in ${reportPath(name)}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** From what is installed, with its licences; without that from the lockfile. Asks no registry. */
async function makeSbom({ cwd, env }: Place, output: string): Promise<string> {
  const program = join(dirname(findPackageJSON(packageName, import.meta.url) ?? ''), 'bin', 'cyclonedx-npm-cli.js');
  const options = ['--output-reproducible', '--output-format', 'JSON', '--no-validate', '--output-file', output];
  const installed = await readFile(join(cwd, 'node_modules', '.package-lock.json')).then(
    () => true,
    () => false,
  );
  const argv = [process.execPath, program, ...options, ...(installed ? [] : ['--package-lock-only'])];
  // npm ls counts what is missing for other platforms as an error.
  const { exitCode, stderr } = await runTool([...argv, '--ignore-npm-errors'], {
    cwd,
    env: { ...env, npm_config_offline: 'true' },
    timeoutMs,
  });
  if (exitCode !== 0)
    throw new KovaError('COMMAND_FAILED', `cyclonedx-npm ended with ${exitCode}: ${stderr.slice(-500).trim()}`);
  return readFile(output, 'utf8');
}
