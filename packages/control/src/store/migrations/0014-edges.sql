-- Edges beside that of the home. A process next to each brings it in line with what is recorded here.
create table edges (
  name         text primary key,
  -- Of the directory that the edge lives in: it is known again when it is started again.
  id           text not null,
  -- Where users reach it.
  address      text not null,
  enrolled_at  timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  -- What it has in force, told by itself.
  report       jsonb not null
);

-- What edges must have beside the routes: certificates with their keys, and what authorities ask for. Sealed for edges.
create table edge_secrets (
  kind   text not null check (kind in ('certificate', 'http-challenge', 'alpn-challenge')),
  name   text not null,
  -- Tells one content from another for who cannot open it.
  digest text not null,
  sealed text not null,
  at     timestamptz not null default now(),
  primary key (kind, name)
);

-- Slots that are to be drained now.
create table edge_drains (
  id         bigint generated always as identity primary key,
  slot       text not null,
  spread_ms  integer not null,
  timeout_ms integer not null,
  at         timestamptz not null default now()
);

-- Immutable assets of recent releases, for edges that do not see the directory of the home; each content once.
create table asset_contents (
  -- SHA-256 in hex.
  digest  text primary key,
  content bytea not null
);
create table asset_releases (
  project     text not null,
  environment text not null,
  release     text not null,
  primary key (project, environment, release)
);
create table asset_files (
  project     text not null,
  environment text not null,
  release     text not null,
  path        text not null,
  digest      text not null references asset_contents (digest),
  primary key (project, environment, release, path),
  foreign key (project, environment, release) references asset_releases on delete cascade
);
create index asset_files_digest on asset_files (digest);
