-- What jobs are given and nobody is shown.
create table secrets (
  project text not null references projects (name),
  name    text not null,
  -- With the key of the home, for this project and name.
  sealed  text not null,
  set_by  text not null,
  set_at  timestamptz not null default now(),
  primary key (project, name)
);
