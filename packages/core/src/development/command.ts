import type { AppConfig } from '../config/schema.ts';

/** Where an app that is being worked on shall listen. */
export interface Listen {
  host: string;
  port: number;
}

/** The argv that starts an app in development: `app.dev`, else `app.start`, which Node starts anew when a file changes. */
export function developmentCommand({ dev, start }: Pick<AppConfig, 'dev' | 'start'>, listen: Listen): string[] {
  const argv = dev ?? (start[0] === 'node' ? ['node', '--watch', ...start.slice(1)] : start);
  return argv.map((word) => word.replaceAll('$HOST', listen.host).replaceAll('$PORT', String(listen.port)));
}
