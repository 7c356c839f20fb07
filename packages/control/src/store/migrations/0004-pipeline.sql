create table runs (
  id         text primary key,
  project    text not null references projects (name),
  commit_sha text not null,
  -- The jobs asked for, with all that they need; null for all.
  jobs       jsonb,
  state      text not null default 'running',
  reason     text not null default '',
  -- Null until it has been evaluated. Not jsonb, which loses the order of jobs and environments.
  config     json,
  -- Why jobs that are at work shall end.
  stop       text,
  created_at timestamptz not null default now(),
  ended_at   timestamptz
);
create index on runs (project, created_at);

create table jobs (
  run         text not null references runs (id),
  name        text not null,
  position    integer not null,
  key         text not null,
  state       text not null default 'waiting',
  reason      text not null default '',
  -- Whether the result is that of an earlier run.
  cached      boolean not null default false,
  duration_ms double precision,
  -- The stable code of what went wrong; the reason says it in words.
  code        text,
  started_at  timestamptz,
  ended_at    timestamptz,
  primary key (run, name)
);

create table job_events (
  id     bigint generated always as identity primary key,
  run    text not null,
  job    text not null,
  state  text not null,
  reason text not null,
  at     timestamptz not null default now(),
  foreign key (run, job) references jobs (run, name)
);
create index on job_events (run, id);

-- The run that proved it.
alter table releases add column run text references runs (id);
alter table ships add column run text references runs (id);
drop table ship_lines;

create table evidence (
  run           text not null,
  job           text not null,
  kind          text not null,
  figures       jsonb not null,
  problems      jsonb not null,
  problem_count integer not null,
  -- Why it proves less than it should.
  gap           text,
  primary key (run, job, kind),
  foreign key (run, job) references jobs (run, name)
);
