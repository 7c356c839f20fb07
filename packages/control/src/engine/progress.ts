import { KovaError } from '@kova/core/errors/kova-error';
import { buildkitTrace, linesOfTrace } from './buildkit-trace.ts';

/** What the engine says while it pulls, builds, pushes or loads. */
export interface Said {
  stream?: string;
  status?: string;
  id?: string;
  progressDetail?: object;
  aux?: { Digest?: string; Size?: number };
  errorDetail?: { message?: string };
  error?: string;
}

/** As it comes: BuildKit says what it does in base64. */
type RawSaid = Omit<Said, 'aux'> & { aux?: Said['aux'] | string };

/**
 * Follows what the engine does until it has ended. Lines of BuildKit are told as those of any other build, in `stream`.
 * @throws KovaError ENGINE_FAILED with the engine's own words; ENGINE_UNAVAILABLE when it went away in the middle
 */
export async function follow(
  doing: string,
  stream: NodeJS.ReadableStream,
  on: (said: Said) => void = () => {},
): Promise<void> {
  let failed: string | undefined;
  try {
    for await (const said of saidIn(stream)) {
      failed ??= said.errorDetail?.message ?? said.error;
      for (const each of plain(said)) on(each);
    }
  } catch (cause) {
    throw new KovaError('ENGINE_UNAVAILABLE', `${doing}: the Docker engine went away in the middle`, { cause });
  }
  if (failed !== undefined) throw new KovaError('ENGINE_FAILED', `${doing}: ${failed}`);
}

/** A JSON value a line. */
async function* saidIn(stream: NodeJS.ReadableStream): AsyncGenerator<RawSaid> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) yield JSON.parse(line);
  }
  if (rest.trim()) yield JSON.parse(rest);
}

function plain({ aux, ...said }: RawSaid): Said[] {
  if (typeof aux !== 'string') return [aux ? { ...said, aux } : said];
  return said.id === buildkitTrace ? linesOfTrace(aux).map((line) => ({ stream: `${line}\n` })) : [said];
}
