import { z } from 'zod';
import type { RouteTable } from '../table/table.ts';
import type { Certificates } from '../tls/certificates.ts';
import type { Challenges } from '../tls/challenges.ts';

export interface AdminContext {
  table: RouteTable;
  certificates: Certificates;
  challenges: Challenges;
  self: { pid: number; startTime: string; version: string; listen: string[]; listenTls: string[] };
  /** Begins the end of the process; returns at once. */
  stop: (drainMs: number) => void;
}

interface Call {
  /** Decoded path segments where the pattern has `*`. */
  params: string[];
  query: Record<string, string>;
  body: unknown;
}

export type Handle = (context: AdminContext, call: Call) => unknown;
export type Handler = readonly [method: string, pattern: string, handle: Handle];

export function first(params: string[]): string {
  return z.string().min(1).parse(params[0]);
}
