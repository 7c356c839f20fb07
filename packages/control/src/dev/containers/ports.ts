import type { ProjectConfig } from '@kova/core/config/schema';
import { choosePort } from '../prepare/ports.ts';
import type { DevelopRequest } from '../request.ts';

/** The ports of this machine by the variables that the rendered compose file takes them from. */
export type ComposePorts = Record<
  'KOVA_APP_PORT' | 'KOVA_HTTP_PORT' | 'KOVA_HTTPS_PORT' | 'KOVA_POSTGRES_PORT' | 'KOVA_REDIS_PORT',
  number
>;

/** Free ports of loopback, the usual ones where they are free. Docker, which runs as root, may have low ones. */
export async function choosePorts({ ports, emit }: DevelopRequest, { name }: ProjectConfig): Promise<ComposePorts> {
  const choose = (what: string, usual: number, wanted: number | null = null, option = '') =>
    choosePort({ what, usual, wanted, option }, (text) =>
      emit({ type: 'note', part: 'app', text: `${name}: ${text}` }),
    );
  return {
    KOVA_APP_PORT: await choose('app', 3000, ports.app, '--port'),
    KOVA_HTTP_PORT: await choose('proxy', 8080),
    KOVA_HTTPS_PORT: await choose('proxy', 3443, ports.https, '--https-port'),
    KOVA_POSTGRES_PORT: await choose('database', 5432),
    KOVA_REDIS_PORT: await choose('Redis', 6379),
  };
}
