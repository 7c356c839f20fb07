-- The stable code of what went wrong; the reason says it in words.
alter table deployments add column code text;
