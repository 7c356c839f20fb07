-- What the edge ends TLS with for the hosts of an environment, and what is done to have it.
create table certificates (
  project     text not null,
  environment text not null,
  -- What of the configuration it was asked for with; another one is another certificate.
  settings    text not null,
  source      text not null check (source in ('files', 'local', 'acme')),
  hosts       text[] not null,
  -- The newest that the edge has taken, in PEM, and its key, sealed; null before the first, and for files.
  chain       text,
  sealed_key  text,
  fingerprint text,
  issuer      text,
  not_before  timestamptz,
  not_after   timestamptz,
  -- An order at an authority that is under way, and the key that it is for, sealed.
  order_url   text,
  order_key   text,
  -- When to obtain it again, and why it could not be had the last time.
  next_at     timestamptz not null default now(),
  failures    integer not null default 0,
  problem     text,
  primary key (project, environment),
  foreign key (project, environment) references environments (project, name)
);

-- Who Kova is at an authority.
create table acme_accounts (
  directory  text not null,
  email      text not null,
  sealed_key text not null,
  primary key (directory, email)
);
