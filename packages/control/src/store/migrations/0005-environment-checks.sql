-- The deployment that the run checks in its environment; null for one that proves a commit.
alter table runs add column deployment text references deployments (id);
create index on runs (deployment);
