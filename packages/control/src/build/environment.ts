import type { Secret } from '@kova/core/secret';
import type { BuildDirectory } from './directory.ts';
import type { NetworkSettings } from './registry.ts';
import type { Toolchain } from './toolchain.ts';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a build's commands. Nothing of Kova's own is in it, nor of any environment of the project. */
export function buildEnvironment(
  directory: BuildDirectory,
  toolchain: Toolchain,
  extra: { commit: string; npmCache: string; network: NetworkSettings },
): Record<string, string | Secret> {
  return {
    ...extra.network,
    PATH: `${toolchain.bin}:${systemPath}`,
    HOME: directory.home,
    TMPDIR: directory.tmp,
    LANG: 'C.UTF-8',
    CI: 'true',
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    npm_config_cache: extra.npmCache,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    KOVA_BUILD_ID: directory.id,
    KOVA_COMMIT: extra.commit,
  };
}
