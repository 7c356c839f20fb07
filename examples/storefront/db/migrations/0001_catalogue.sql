create table categories (
  slug     text primary key,
  name     text not null,
  blurb    text not null,
  position int  not null
);

create table products (
  id          int generated always as identity primary key,
  slug        text not null unique,
  name        text not null,
  tagline     text not null,
  description text not null,
  details     text[] not null default '{}',
  category    text not null references categories (slug),
  price_cents int  not null check (price_cents > 0),
  stock       int  not null check (stock >= 0),
  art         text not null,
  hue         int  not null check (hue between 0 and 359),
  featured    boolean not null default false
);

create index products_by_category on products (category);
