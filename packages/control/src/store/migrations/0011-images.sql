-- Whether the image of this run is pushed. Of a run by hand it is when that was asked for.
alter table runs add column push boolean not null default false;

-- The image that a run has made; several runs of a commit make the same one.
create table images (
  run        text primary key references runs (id),
  -- Digest of its configuration: how the engine calls it.
  id         text not null,
  -- By its digest at the registry; of one that was not pushed, its id.
  reference  text not null,
  created_at timestamptz not null default now(),
  -- Since when it is not at the engine any more.
  removed_at timestamptz
);
create index on images (id) where removed_at is null;
