import { z } from 'zod';

/** An array of a report, of which only the first bad element is told: of twenty million there would be no end. */
export function listOf<S extends z.ZodType>(element: S) {
  return z.array(z.unknown()).transform((values, context) => {
    const list: z.output<S>[] = [];
    for (let index = 0; index < values.length; index += 1) {
      const result = element.safeParse(values[index]);
      if (!result.success) return refuse(context, index, result.error);
      list.push(result.data);
    }
    return list;
  });
}

/** An object of a report with names of any kind, likewise. */
export function mapOf<S extends z.ZodType>(element: S) {
  return z.looseObject({}).transform((values, context) => {
    const map = new Map<string, z.output<S>>();
    for (const [name, value] of Object.entries(values)) {
      const result = element.safeParse(value);
      if (!result.success) return refuse(context, name, result.error);
      map.set(name, result.data);
    }
    return map;
  });
}

function refuse(context: z.RefinementCtx, key: PropertyKey, { issues }: z.ZodError): never {
  const { path = [], message = 'is not as expected' } = issues[0] ?? {};
  context.addIssue({ code: 'custom', path: [key, ...path], message });
  return z.NEVER;
}
