import { KovaError } from '@kova/core/errors/kova-error';
import { execStreams } from '@kova/core/exec/frame';
import { z } from 'zod';
import { execSignals } from '../../ports/exec.ts';

const rows = z.int().min(1).max(65_535);
const word = z
  .string()
  .max(131_072)
  .refine((text) => !text.includes('\0'), 'must hold no NUL character');
const dayMs = 86_400_000;

const start = z.strictObject({
  type: z.literal('start'),
  argv: z.tuple([word.min(1)], word).refine((argv) => argv.length <= 4096, 'is too long'),
  /** Which instance by its number; else the first that is ready. */
  instance: z.int().min(0).max(999).nullable().default(null),
  slot: z.enum(['blue', 'green']).nullable().default(null),
  release: z.string().max(80).nullable().default(null),
  terminal: z
    .strictObject({ rows, columns: rows, kind: z.string().regex(/^[\w.+-]{1,64}$/, 'is no kind of terminal') })
    .nullable()
    .default(null),
  timeoutMs: z.int().min(1).max(dayMs),
  by: z.string().min(1).max(80).default('local'),
});

const later = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stdin-end') }),
  z.strictObject({ type: z.literal('taken'), stream: z.enum(execStreams), bytes: z.int().min(1) }),
  z.strictObject({ type: z.literal('resize'), rows, columns: rows }),
  z.strictObject({ type: z.literal('signal'), signal: z.enum(execSignals) }),
]);

export type ExecStart = z.infer<typeof start>;
/** What the caller says while the command runs; input comes in binary messages. */
export type ExecSaid = z.infer<typeof later>;

/** What the caller is told; output comes in binary messages. The last one is `exit` or `error`. */
export type ExecTold =
  | { type: 'started'; id: string; instance: string; release: string }
  | { type: 'taken'; stream: 'stdin'; bytes: number }
  | { type: 'exit'; exitCode: number }
  | { type: 'error'; error: { code: string; message: string; next: string } };

/** @throws KovaError INPUT_INVALID */
export const parseStart = (text: string): ExecStart => parse(start, text);
/** @throws KovaError INPUT_INVALID */
export const parseSaid = (text: string): ExecSaid => parse(later, text);

function parse<T>(schema: z.ZodType<T>, text: string): T {
  const read = z.preprocess((value) => json(String(value)), schema).safeParse(text);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`);
  throw new KovaError('INPUT_INVALID', issues.join('; '));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
