import type { Emit } from './event.ts';

/** What a person asks for with `kova dev`. */
export interface DevelopRequest {
  /** Of the app: kova.config.ts lies there. */
  directory: string;
  /** The person's own environment, which the app inherits. */
  env: NodeJS.ProcessEnv;
  /** Ports that must be had; null for the usual one, or else the next that is free. */
  ports: { app: number | null; https: number | null };
  emit: Emit;
  /** Ends the environment. */
  signal: AbortSignal;
}
