-- Which command was run in which instance, by whom, and how it ended.
create table executions (
  id           text primary key,
  project      text not null,
  environment  text not null,
  instance     text not null,
  release      text not null,
  -- A list of texts.
  argv         jsonb not null,
  terminal     boolean not null,
  requested_by text not null,
  started_at   timestamptz not null default now(),
  ended_at     timestamptz,
  exit_code    integer,
  -- Why it was ended; null when it ended by itself.
  reason       text,
  foreign key (project, environment) references environments (project, name)
);
create index executions_newest on executions (project, started_at desc);
