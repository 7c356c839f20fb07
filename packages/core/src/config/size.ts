import { z } from 'zod';

const unitBytes: Readonly<Record<string, number>> = { mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes of `512mb` or `2gb`; null when it is neither. */
export function parseSize(text: string): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(mb|gb)$/i.exec(text.trim()) ?? [];
  const bytes = unitBytes[unit.toLowerCase()];
  return bytes === undefined ? null : Math.round(Number(amount) * bytes);
}

/** `256 MiB`, `1.5 GiB`: a size for people. */
export function formatSize(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  if (gib >= 1) return `${Math.round(gib * 10) / 10} GiB`;
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

/** A size in the configuration: text such as `2gb` in, bytes out. */
export const size = z
  .string()
  .transform((text, context) => {
    const bytes = parseSize(text);
    if (bytes === null || bytes === 0) {
      context.addIssue(`"${text}" is not a size; write 512mb or 2gb`);
      return z.NEVER;
    }
    return bytes;
  })
  .meta({ type: 'string', description: 'a size: 512mb, 2gb' });
