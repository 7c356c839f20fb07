-- The configuration that a deployment was given instead of its release's own, with the commit that it is of. Changed while
-- it is live by what needs no new instances.
alter table deployments add column config jsonb;
alter table deployments add column config_commit text;
alter table deployments add column config_committed_at timestamptz;

-- Configurations of commits put into force by `kova apply`.
create table applies (
  id            text primary key,
  project       text not null references projects (name),
  commit_sha    text not null,
  committed_at  timestamptz not null,
  -- Of the plan that was said yes to; nothing else is carried out.
  digest        text not null,
  -- The environments that were planned for; null for all.
  environments  jsonb,
  requested_by  text not null,
  state         text not null default 'running' check (state in ('running', 'done', 'failed', 'cancelled')),
  -- What became of each environment so far, with what was planned for it.
  outcomes      jsonb not null default '[]',
  error         jsonb,
  abort         jsonb,
  created_at    timestamptz not null default now(),
  ended_at      timestamptz
);
-- One at a time.
create unique index applies_at_work on applies (project) where ended_at is null;
create index on applies (project, created_at);

-- Which of them gave a deployment the configuration that it has.
alter table deployments add column apply text references applies (id);
create index on deployments (apply) where apply is not null;

-- Where what runs was not as it is recorded.
create table drifts (
  id           bigint generated always as identity primary key,
  project      text not null,
  environment  text not null,
  subject      text not null check (subject in ('route', 'slot', 'instances', 'database')),
  found        text not null,
  -- How it is mended, or was.
  mend         text not null,
  seen_at      timestamptz not null default now(),
  mended_at    timestamptz,
  foreign key (project, environment) references environments (project, name)
);
create unique index drifts_open on drifts (project, environment, subject) where mended_at is null;
create index on drifts (project, environment, seen_at);

-- Since when the environment has a database; one that is not there any more was lost.
alter table environments add column database_since timestamptz;
