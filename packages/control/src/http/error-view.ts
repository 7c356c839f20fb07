import { z } from 'zod';

export const errorView = z.object({ code: z.string(), message: z.string(), next: z.string() }).meta({ id: 'Error' });
