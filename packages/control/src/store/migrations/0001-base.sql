create table projects (
  name       text primary key,
  created_at timestamptz not null default now()
);

create table releases (
  id             text primary key,
  project        text not null references projects (name),
  commit_sha     text not null,
  message        text not null,
  author         text not null,
  committed_at   timestamptz not null,
  artefact       text not null,
  artefact_bytes bigint not null,
  config         jsonb not null,
  created_at     timestamptz not null default now(),
  unique (project, commit_sha)
);

-- What the edge shall serve; `route` is what was last derived from the weights, the slots and their instances.
create table environments (
  project         text not null references projects (name),
  name            text not null,
  position        integer not null,
  live_deployment text,
  blue_weight     integer not null default 0,
  green_weight    integer not null default 0,
  schema_version  integer,
  route           jsonb,
  route_version   integer not null default 0,
  primary key (project, name),
  check (blue_weight + green_weight in (0, 100) and blue_weight >= 0 and green_weight >= 0)
);

create table slots (
  project       text not null,
  environment   text not null,
  colour        text not null check (colour in ('blue', 'green')),
  release       text not null references releases (id),
  deployment    text not null,
  standby_until timestamptz,
  primary key (project, environment, colour),
  foreign key (project, environment) references environments (project, name)
);

create table ships (
  id         text primary key,
  project    text not null references projects (name),
  commit_sha text not null,
  until      text,
  forced     boolean not null default false,
  state      text not null default 'building' check (state in ('building', 'deploying', 'done', 'failed')),
  release    text references releases (id),
  error      jsonb,
  created_at timestamptz not null default now(),
  ended_at   timestamptz
);

create table ship_lines (
  id   bigint generated always as identity primary key,
  ship text not null references ships (id),
  at   timestamptz not null default now(),
  text text not null
);
create index on ship_lines (ship, id);

create table deployments (
  id           text primary key,
  project      text not null,
  environment  text not null,
  release      text not null references releases (id),
  kind         text not null check (kind in ('deploy', 'rollback')),
  phase        text not null default 'queued',
  reason       text not null default '',
  colour       text check (colour in ('blue', 'green')),
  replaces     text references deployments (id),
  health       text check (health in ('healthy', 'degraded', 'failed')),
  forced       boolean not null default false,
  requested_by text not null,
  ship         text references ships (id),
  abort        jsonb,
  verdict      jsonb,
  created_at   timestamptz not null default now(),
  traffic_at   timestamptz,
  live_at      timestamptz,
  ended_at     timestamptz,
  recovered_at timestamptz,
  foreign key (project, environment) references environments (project, name)
);
create index on deployments (project, environment, created_at);

create table deployment_events (
  id         bigint generated always as identity primary key,
  deployment text not null references deployments (id),
  phase      text not null,
  reason     text not null,
  at         timestamptz not null default now()
);
create index on deployment_events (deployment, id);

create table approvals (
  deployment text not null references deployments (id),
  person     text not null,
  at         timestamptz not null default now(),
  primary key (deployment, person)
);

-- A commit that was rolled back: nothing deploys it again without force.
create table holds (
  project     text not null,
  environment text not null,
  commit_sha  text not null,
  deployment  text not null references deployments (id),
  reason      text not null,
  at          timestamptz not null default now(),
  primary key (project, environment, commit_sha)
);

create table executors (
  id           text primary key,
  host         text not null,
  pid          integer not null,
  started_at   timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);
