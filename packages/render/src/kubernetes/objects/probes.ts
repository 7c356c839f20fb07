import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { Workload } from '../workload.ts';

/** Seconds are whole and at least one. */
export const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export interface Probes {
  startupProbe: IProbe;
  readinessProbe: IProbe;
  livenessProbe: IProbe;
}

/**
 * Until the first pass an instance has the whole deadline; afterwards it gets no requests while its health path fails.
 * It is ended only when its port stays closed: a health path that looks at a database would otherwise end all
 * instances at once while the database is away.
 */
export function probesOf({ health }: Workload): Probes {
  const httpGet = { path: health.path, port: 'http' };
  const periodSeconds = seconds(health.intervalMs);
  const timeoutSeconds = seconds(health.timeoutMs);
  return {
    startupProbe: {
      ...{ httpGet, periodSeconds, timeoutSeconds },
      failureThreshold: Math.max(1, Math.ceil(seconds(health.deadlineMs) / periodSeconds)),
    },
    readinessProbe: {
      ...{ httpGet, periodSeconds, timeoutSeconds },
      failureThreshold: health.unhealthyAfter,
      successThreshold: health.healthyAfter,
    },
    livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
