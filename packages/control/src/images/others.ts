import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { explainDisk } from '../engine/disk.ts';
import type { OtherImages } from '../ports/images.ts';
import { type DraftWish, makeOne } from './draft.ts';
import { programsIn } from './programs.ts';

/** Makes the same image for other platforms; says of those for which it cannot be made why. @throws as a build does */
export async function makeOthers(
  engine: Docker,
  wish: DraftWish,
  platforms: readonly string[],
  say: (line: string) => void,
): Promise<OtherImages> {
  const made: OtherImages = { others: [], notBuilt: [] };
  if (platforms.length === 0) return made;
  const programs = await programsIn(wish.context.release);
  for (const platform of platforms) {
    const reason = platform in programs ? '' : ownProgram(programs, wish.base.platform);
    if (reason) made.notBuilt.push({ platform, reason });
    else await makeAnother(engine, { ...wish, platform }, say, made);
  }
  for (const { platform, reason } of made.notBuilt) say(`not built for ${platform}: ${reason}`);
  return made;
}

/** A release with programs for this machine and none for the other would not run there, or not wholly. */
function ownProgram(programs: Readonly<Record<string, string>>, own: string): string {
  const example = programs[own];
  return example ? `the release has programs for ${own} alone, such as ${example}` : '';
}

async function makeAnother(
  engine: Docker,
  wish: DraftWish & { platform: string },
  say: (line: string) => void,
  { others, notBuilt }: OtherImages,
): Promise<void> {
  const { platform, base, signal } = wish;
  const printed: string[] = [];
  const listen = (line: string) => {
    printed.push(line);
    say(line);
  };
  try {
    const { id } = await makeOne(engine, wish, listen);
    others.push({ platform, id });
  } catch (error) {
    signal.throwIfAborted();
    const explained = explainDisk(error);
    if (!(explained instanceof KovaError) || !hasCode(explained, 'ENGINE_FAILED')) throw explained;
    notBuilt.push({ platform, reason: inWords(reportOf(explained).message, printed, base.name) });
  }
}

const noEmulator = /exec format error/i;
const noBase = /no match for platform|failed to resolve|not found|pull access denied|failed to do request/i;

/** What a step printed says why it failed; that it did is all that the engine says. */
function inWords(message: string, printed: readonly string[], base: string): string {
  if (printed.some((line) => noEmulator.test(line)))
    return 'the machine of the engine runs no programs for it, as it has no emulator (Debian: qemu-user-static)';
  if (noBase.test(message)) return `there is no ${base} for it (${message})`;
  return message;
}
