import type { Colour } from '@kova/core/environment/slot';
import type { SecretVariable } from './environment-variables.ts';
import type { Resources } from './resources.ts';

/** The port on which instances listen, in a network of their own each. */
export const instancePort = 3000;

/** The instances of one slot, as a cluster shall run them. */
export interface Workload {
  project: string;
  environment: string;
  colour: Colour;
  /** Of the Deployment and its pods, besides those that every one has. */
  labels?: Readonly<Record<string, string>>;
  /** Of the Deployment. */
  annotations?: Readonly<Record<string, string>>;
  image: string;
  /** Arguments for the image's entry point; its own when left out. */
  args?: readonly string[];
  /** Null leaves the number to an autoscaler. */
  replicas: number | null;
  /** Names of a ConfigMap and a Secret, and which variables are taken from the Secret. */
  variables: { configMap: string; secret: string; fromSecret: readonly SecretVariable[] };
  health: {
    path: string;
    intervalMs: number;
    timeoutMs: number;
    unhealthyAfter: number;
    healthyAfter: number;
    deadlineMs: number;
  };
  /** Between SIGTERM and SIGKILL. */
  stopTimeoutMs: number;
  user: number;
  writable: readonly string[];
  resources: Resources;
  pullSecret: string | null;
}
