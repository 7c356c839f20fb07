-- Who is taken first: jobs of an earlier run, and of one run those from which the way to its end is longest.
alter table jobs add column turn bigint generated always as identity;
drop index jobs_ready;
create index jobs_ready on jobs (turn) where state = 'waiting' and ready_at is not null;
-- How long a job took before is asked for each run that is planned.
create index jobs_took on jobs (name, ended_at) where state = 'passed' and not cached;
