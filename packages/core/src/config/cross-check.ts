import { checkChecks } from '../environment/checks.ts';
import { checkPipeline } from '../pipeline/resolve.ts';
import { formatDuration } from './duration.ts';
import type { ProjectConfig } from './schema.ts';
import { whyNoCertificate } from './tls.ts';

/** What no single key can tell: rules between keys. One sentence with its path for each that is broken. */
export function crossCheck(config: ProjectConfig): string[] {
  return [
    ...checkDatabase(config),
    ...checkSecrets(config),
    ...checkHosts(config),
    ...checkCertificates(config),
    ...checkProbes(config),
    ...checkWindows(config),
    ...checkPipeline(config),
    ...checkChecks(config),
    ...checkImage(config),
    ...checkAutoscale(config),
    ...checkCluster(config),
  ];
}

/** A database that Kova does not keep is named to the app, and to its migrations, by DATABASE_URL. */
function checkDatabase({ services, database, environments }: ProjectConfig): string[] {
  const hasDatabase = Object.values(services).some((service) => service.kind === 'postgres');
  if (!database.migrate || hasDatabase) return [];
  const without = Object.entries(environments).filter(
    ([, { env, secrets }]) => env.DATABASE_URL === undefined && secrets.DATABASE_URL === undefined,
  );
  if (without.length === 0) return [];
  const names = without.map(([name]) => name).join(', ');
  return [
    `database.migrate: needs a postgres service under services, or DATABASE_URL under secrets of each environment (${names})`,
  ];
}

function checkSecrets({ environments }: ProjectConfig): string[] {
  return Object.entries(environments).flatMap(([name, { env, secrets }]) =>
    Object.keys(secrets)
      .filter((variable) => Object.hasOwn(env, variable))
      .map((variable) => `environments.${name}.secrets.${variable}: stands under env as well`),
  );
}

function checkImage({ image }: ProjectConfig): string[] {
  if (!image?.credentials || image.registry !== null) return [];
  return ['image.credentials: mean nothing without image.registry'];
}

function checkHosts(config: ProjectConfig): string[] {
  const owner = new Map<string, string>();
  return Object.entries(config.environments).flatMap(([name, environment]) =>
    environment.hosts.flatMap((host, index) => {
      const other = owner.get(host);
      owner.set(host, name);
      return other ? [`environments.${name}.hosts[${index}]: ${host} already belongs to ${other}`] : [];
    }),
  );
}

function checkCertificates(config: ProjectConfig): string[] {
  return Object.entries(config.environments).flatMap(([name, { tls, hosts }]) => {
    if (tls === null) return [];
    if (tls.certificate === 'acme' && hosts.length === 0) {
      return [`environments.${name}.hosts: tls.certificate is acme, which needs hosts of your own`];
    }
    return hosts.flatMap((host, index) => {
      const why = whyNoCertificate(tls, host);
      return why === null ? [] : [`environments.${name}.hosts[${index}]: no certificate for ${host}: ${why}`];
    });
  });
}

function checkProbes(config: ProjectConfig): string[] {
  const { interval, deadline } = config.app.health;
  return deadline < interval ? ['app.health.deadline: must be longer than app.health.interval'] : [];
}

/** A rule that looks back further than what it must judge never has enough data: with noData fail nothing could pass. */
function checkWindows(config: ProjectConfig): string[] {
  return Object.entries(config.environments).flatMap(([name, { analysis, stability, strategy }]) => {
    const [longest = 0] = analysis.rules.map((rule) => ('for' in rule ? rule.for : 0)).sort((a, b) => b - a);
    const windows = { stability, ...(strategy.kind === 'canary' ? { 'strategy.every': strategy.every } : {}) };
    const short = Object.entries(windows).filter(([, ms]) => analysis.noData === 'fail' && ms <= longest);
    const limit = `must be longer than ${formatDuration(longest)}, the longest \`for\` of the rules`;
    return short.map(([key]) => `environments.${name}.${key}: ${limit}, as analysis.noData is fail`);
  });
}

function checkAutoscale({ environments, render }: ProjectConfig): string[] {
  return Object.entries(render.kubernetes.autoscale).flatMap(([name, { min, max }]) => {
    const path = `render.kubernetes.autoscale.${name}`;
    const environment = environments[name];
    if (!environment) return [`${path}: there is no environment ${name}`];
    const least = min ?? environment.instances;
    return max < least ? [`${path}.max: must be at least ${least}, the fewest instances`] : [];
  });
}

/** What instances on other machines cannot be given: Kova's PostgreSQL listens on its own machine alone. */
function checkCluster({ runtime, services }: ProjectConfig): string[] {
  if (runtime !== 'kubernetes' && runtime !== 'swarm') return [];
  const who = runtime === 'swarm' ? 'tasks on other machines' : 'pods of a cluster';
  return Object.entries(services).flatMap(([name, { kind }]) =>
    kind === 'postgres'
      ? [`services.${name}: ${who} cannot reach it; give them DATABASE_URL under secrets of each environment`]
      : [],
  );
}
