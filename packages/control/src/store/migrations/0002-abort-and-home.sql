-- Who asked for the end of a ship, as for a deployment.
alter table ships add column abort jsonb;

-- The one home whose control plane works on this store: artefacts, slots and the edge lie there.
create table home (
  one   boolean primary key default true check (one),
  id    text not null,
  place text not null
);
