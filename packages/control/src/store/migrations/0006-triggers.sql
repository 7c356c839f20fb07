-- The repository that a project is connected to. What is secret is sealed with a key of the home.
create table repositories (
  project        text primary key references projects (name),
  url            text not null,
  provider       text not null check (provider in ('github', 'gitlab', 'gitea', 'git')),
  -- Branches of which a push is shipped, and patterns of those of which it is only proved.
  branches       text[] not null,
  proved         text[] not null,
  pull_requests  text not null check (pull_requests in ('none', 'own', 'all')),
  poll_ms        integer,
  next_poll_at   timestamptz,
  -- Why it could not be asked the last time, and how often in a row.
  poll_problem   text,
  poll_failures  integer not null default 0,
  -- The commit of each ref that was acted upon last.
  heads          jsonb not null default '{}',
  secret         text not null,
  token          text,
  api            text,
  link           text,
  created_at     timestamptz not null default now()
);

-- The order in which work was asked for: of two for a branch the one with the higher number is the newer.
create sequence work_order;

create table triggers (
  id          text primary key,
  project     text not null references projects (name),
  source      text not null check (source in ('webhook', 'poll')),
  kind        text not null check (kind in ('push', 'pull-request')),
  ref         text not null,
  branch      text not null,
  -- Of a pull request: whether it comes from another repository, whose authors need not be trusted.
  fork        boolean not null default false,
  -- What the message said; the commit that is worked on is the one that the ref has when it is fetched.
  commit_sha  text not null,
  -- By which a message that comes again is known: the provider's number of it, and what it said.
  delivery    text not null,
  digest      text not null,
  state       text not null default 'accepted' check (state in ('accepted', 'started', 'ignored', 'superseded', 'failed')),
  reason      text not null default '',
  ship        text references ships (id),
  run         text references runs (id),
  position    bigint not null default nextval('work_order'),
  -- Whether the provider has been told the last word of it.
  reported    boolean not null default false,
  created_at  timestamptz not null default now(),
  ended_at    timestamptz
);
-- What has failed may be told again.
create unique index on triggers (project, delivery) where state <> 'failed';
create unique index on triggers (project, digest) where state <> 'failed';
create index on triggers (project, created_at);
create index on triggers (position) where not reported;

-- What the provider was told of a commit, and what is to be told it again.
create table commit_statuses (
  trigger   text not null references triggers (id) on delete cascade,
  context   text not null,
  -- State and description as they were told last; null while nothing was.
  told      text,
  attempts  integer not null default 0,
  next_at   timestamptz not null default now(),
  problem   text,
  gave_up   boolean not null default false,
  primary key (trigger, context)
);

alter table runs add column branch text;
-- Results of this run are kept apart from all others': who wrote the commit need not be trusted.
alter table runs add column scope text;
alter table runs add column position bigint not null default nextval('work_order');
create index on runs (project, branch) where ended_at is null;

alter table ships add column branch text;
alter table ships add column position bigint not null default nextval('work_order');
alter table ships drop constraint ships_state_check;
alter table ships add constraint ships_state_check
  check (state in ('building', 'deploying', 'done', 'failed', 'superseded'));
