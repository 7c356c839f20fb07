import { z } from 'zod';

const unitBytes = { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1024 ** 2 } as const;

/** A size in the configuration: text such as `600kB` in, bytes out. */
export const size = z
  .string()
  .transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?) ?(B|kB|KiB|MB|MiB)$/.exec(text.trim());
    if (match) return Math.round(Number(match[1]) * unitBytes[match[2] as keyof typeof unitBytes]);
    context.addIssue(`"${text}" is not a size; write 900B, 600kB, 512KiB, 2MB or 1.5MiB`);
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'a size: 600kB, 512KiB, 2MB' });

/** A share in the configuration: text such as `5%` in, percent out. */
export const percent = z
  .string()
  .transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim());
    if (match) return Number(match[1]);
    context.addIssue(`"${text}" is not a share; write 5% or 0.5%`);
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'a share: 5%, 0.5%' });
