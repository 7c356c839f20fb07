import { z } from 'zod';

export const branchName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/, 'use letters, digits, dots, dashes and slashes');
