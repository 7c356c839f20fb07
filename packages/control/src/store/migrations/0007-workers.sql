-- Which jobs a process takes beside those without a label, and how many at a time: null for its share of the cores.
alter table executors add column labels text[] not null default '{}';
alter table executors add column concurrency integer;

-- When its jobs were opened to those who take them.
alter table runs add column opened_at timestamptz;

alter table jobs
  -- The node of the graph as it was planned. Not jsonb, which loses the order of variables.
  add column spec json not null default '{}',
  -- Only who has this label takes it.
  add column label text,
  -- How many of those that it waits for hold it up still.
  add column missing integer not null default 0,
  -- Since when nothing holds it up.
  add column ready_at timestamptz,
  -- Who has taken it, or took it last, and how often it was taken.
  add column executor text,
  add column takes integer not null default 0;

create table needs (
  run  text not null,
  job  text not null,
  need text not null,
  -- Whether it must have passed; else it must only have ended.
  must_pass boolean not null default true,
  primary key (run, need, job),
  foreign key (run, job) references jobs (run, name),
  foreign key (run, need) references jobs (run, name)
);
create index on needs (run, job);

create index jobs_ready on jobs (ready_at, position) where state = 'waiting' and ready_at is not null;
create index jobs_at_work on jobs (executor) where state = 'running';
create index jobs_open on jobs (run) where ended_at is null;

-- Those of a Kova that kept its jobs elsewhere: nobody is at work on them any more.
update jobs set state = 'cancelled', reason = 'Kova was upgraded meanwhile', ended_at = now() where ended_at is null;
