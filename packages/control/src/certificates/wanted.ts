import type { TlsConfig } from '@kova/core/config/tls';
import { hostsOf } from '@kova/core/environment/hosts';
import type { Context } from '../context.ts';
import { readEnvironment, releaseIn } from '../store/environments.ts';

/** A certificate that an environment asks for by the configuration of the release that leads in it. */
export interface WantedCertificate {
  project: string;
  environment: string;
  hosts: string[];
  tls: TlsConfig;
}

export async function wantedCertificates({ db }: Pick<Context, 'db'>): Promise<WantedCertificate[]> {
  const rows = await db
    .selectFrom('environments')
    .select(['project', 'name'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('slots')
          .select('slots.release')
          .whereRef('slots.project', '=', 'environments.project')
          .whereRef('slots.environment', '=', 'environments.name'),
      ),
    )
    .execute();
  const wanted = await Promise.all(rows.map(({ project, name }) => wantedIn(db, project, name)));
  return wanted.filter((each) => each !== null);
}

async function wantedIn(db: Context['db'], project: string, environment: string): Promise<WantedCertificate | null> {
  const { live, slots } = await readEnvironment(db, project, environment);
  const leading = live ?? slots[0];
  if (!leading) return null;
  const { config } = await releaseIn(db, leading);
  const tls = config.environments[environment]?.tls ?? null;
  return tls && { project, environment, hosts: hostsOf(config, environment), tls };
}
