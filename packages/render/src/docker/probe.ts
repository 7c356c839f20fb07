import type { AppConfig } from '@kova/core/config/schema';
import { exec } from './words.ts';

/** Each probe is begun by the engine as a process of the container, which costs more than the probe does. */
const leastIntervalMs = 5000;

/** Asks as a person would with nc: no second Node, which takes 40 MB and as many milliseconds each time. */
const script = [
  'exec 3<>"/dev/tcp/127.0.0.1/$PORT"',
  'printf "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" "$1" >&3',
  'read -r version status rest <&3',
  '[[ $status == 2?? ]]',
].join(' && ');

/** Asks the health path once, in a container that has bash; fails unless the answer is 2xx. */
export function probeArgv(path: string): string[] {
  return ['bash', '-c', script, 'probe', path];
}

/** Healthy is what `app.health` calls so, told to the engine. */
export function healthcheck({ health }: Pick<AppConfig, 'health'>): string {
  const { interval, timeout, unhealthyAfter, deadline, path } = health;
  const options = [
    `--interval=${Math.max(interval, leastIntervalMs)}ms`,
    `--timeout=${Math.max(timeout, 1000)}ms`,
    `--start-period=${deadline}ms`,
    `--retries=${unhealthyAfter}`,
  ];
  return `HEALTHCHECK ${options.join(' ')} CMD ${exec(probeArgv(path))}`;
}
