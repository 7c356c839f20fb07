import type { ProjectConfig } from '@kova/core/config/schema';
import { Document, isPair, isScalar } from 'yaml';
import { header } from './header.ts';
import { appService, has, migrateService, postgresService, proxyService, redisService } from './services.ts';

/** compose.yaml: the development environment in containers, by the Compose Specification (https://compose-spec.io). */
export function renderCompose(config: ProjectConfig): string {
  const [postgres, redis] = [has(config, 'postgres'), has(config, 'redis')];
  const migrate = migrateService(config);
  const services = {
    proxy: proxyService,
    app: appService(config),
    ...(migrate ? { migrate } : {}),
    ...(postgres ? { postgres: postgresService } : {}),
    ...(redis ? { redis: redisService } : {}),
  };
  return text({
    name: `${config.name}-development`,
    services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, inNetwork(service)])),
    networks: { development: { name: `${config.name}-development` } },
    volumes: { tls: {}, ...(postgres ? { postgres: {} } : {}), ...(redis ? { redis: {} } : {}) },
  });
}

function inNetwork(service: object): object {
  return { ...service, networks: ['development'] };
}

/** With an empty line before each section and each service. */
function text(compose: object): string {
  // Words that older readers take for something else, such as `no`, are put in quotes.
  const document = new Document(compose, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  for (const map of [document.contents, document.get('services')]) {
    if (!map || typeof map !== 'object' || !('items' in map)) continue;
    for (const item of (map.items as unknown[]).slice(1)) {
      if (isPair(item) && isScalar(item.key)) item.key.spaceBefore = true;
    }
  }
  return `${header()}${document.toString({ lineWidth: 0, singleQuote: true })}`;
}
