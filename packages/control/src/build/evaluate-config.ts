import { access, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseConfig } from '@kova/core/config/parse';
import type { ProjectConfig } from '@kova/core/config/schema';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { type CommandResult, run } from '../commands/run.ts';
import type { BuildDirectory } from './directory.ts';

export interface EvaluateRequest {
  /** The checkout, and a directory beside it for what Kova hands to the process. */
  directory: Pick<BuildDirectory, 'source' | 'driver' | 'as'>;
  node: string;
  env: Parameters<typeof run>[0]['env'];
  timeoutMs: number;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

const maxConfigBytes = 1_048_576;
const shownLines = 12;

/**
 * Evaluates kova.config.ts in a process without rights, which may read the checkout and write nothing, and validates
 * what it exports.
 * @throws KovaError CONFIG_MISSING, CONFIG_EVALUATION_FAILED, CONFIG_INVALID
 */
export async function evaluateConfig(request: EvaluateRequest): Promise<ProjectConfig> {
  const file = join(request.directory.source, 'kova.config.ts');
  await access(file).catch(() => {
    throw new KovaError('CONFIG_MISSING', 'the commit has no kova.config.ts at its top');
  });
  await handOver(request.directory.driver);
  const result = await evaluate(request, file);
  const where = pathToFileURL(request.directory.source).href;
  if (result.exitCode !== 0) throw failed(explain(result, where));
  if (result.answer.length >= maxConfigBytes) throw failed(`it is larger than ${maxConfigBytes} bytes`);
  if (result.answer.length === 0) throw failed('it ended the process before it was evaluated');
  return parseConfig(parseJson(result.answer.toString('utf8')));
}

async function evaluate(request: EvaluateRequest, file: string): Promise<CommandResult> {
  const { directory, node, env, timeoutMs, signal, onLine } = request;
  const permissions = [directory.source, directory.driver].map((path) => `--allow-fs-read=${path}`);
  const quiet = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
  const driver = join(directory.driver, 'config-driver.ts');
  return run({
    argv: [node, '--permission', ...permissions, quiet, driver, pathToFileURL(file).href],
    cwd: directory.source,
    env,
    as: directory.as,
    timeoutMs,
    signal,
    onLine,
    background: true,
    answerBytes: maxConfigBytes,
  }).catch((error) => {
    throw hasCode(error, 'STEP_TIMEOUT') ? failed(`it did not end within ${timeoutMs / 1000} s`) : error;
  });
}

async function handOver(driver: string): Promise<void> {
  await copyFile(join(import.meta.dirname, 'config-driver.ts'), join(driver, 'config-driver.ts'));
  await copyFile(fileURLToPath(import.meta.resolve('@kova/core/config/define')), join(driver, 'kova.ts'));
}

/** Node's own report of the error, without the frames and paths that say nothing to the one who wrote the file. */
function explain({ tail, signal }: CommandResult, where: string): string {
  const lines = tail
    .filter((line) => !/^\s+at .*(node:|config-driver\.ts)|^Node\.js v|^\s*$/.test(line))
    .map((line) => line.replaceAll(`${where}/`, ''));
  return lines.slice(0, shownLines).join('\n') || `it was ended by ${signal}`;
}

function failed(why: string): KovaError {
  return new KovaError('CONFIG_EVALUATION_FAILED', `kova.config.ts could not be evaluated: ${why}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failed('it wrote to file descriptor 3, which is for the configuration');
  }
}
