import { discreet, lean } from '../postgres/server/settings.ts';
import { initArguments, superuser } from '../postgres/server/template.ts';
import { type Blueprint, secretsMount } from './blueprint.ts';

const maxConnections = 100;
export const postgresPassword = 'superuser-password';

/**
 * PostgreSQL 18 as `docker.io/library/postgres` runs it. The directory of the data names the version: an image of
 * another major version is refused by the server, where the image's own default would begin with an empty database.
 */
export const postgresBlueprint: Blueprint = {
  kind: 'postgres',
  port: 5432,
  user: 'postgres',
  data: '/var/lib/postgresql',
  env: {
    PGDATA: '/var/lib/postgresql/18/docker',
    POSTGRES_USER: superuser,
    POSTGRES_DB: 'postgres',
    POSTGRES_PASSWORD_FILE: `${secretsMount}/${postgresPassword}`,
    POSTGRES_INITDB_ARGS: [...initArguments, '--auth-host=scram-sha-256'].join(' '),
  },
  command: (memory) => [
    'postgres',
    ...Object.entries(settings(memory)).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
  scratch: ['/var/run/postgresql', '/tmp'],
  health: ['pg_isready', '--quiet', '--host=127.0.0.1', `--username=${superuser}`, '--dbname=postgres'],
  // Fast shutdown: connections are ended, and all that was committed is on the disk.
  stopSignal: 'SIGINT',
  version: { variable: 'PG_MAJOR', major: '18' },
};

function settings(memory: number): Record<string, string | number> {
  return {
    ...lean,
    ...discreet,
    max_connections: maxConnections,
    password_encryption: 'scram-sha-256',
    shared_buffers: `${Math.floor(memory / 4 / 1024 ** 2)}MB`,
  };
}
