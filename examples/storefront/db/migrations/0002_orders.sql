create sequence order_numbers start 10417;

create table orders (
  id             uuid primary key,
  number         text not null unique default 'TW-' || nextval('order_numbers'),
  name           text not null,
  email          text not null,
  address        text not null,
  city           text not null,
  postcode       text not null,
  goods_cents    int  not null,
  discount_cents int  not null,
  delivery_cents int  not null,
  total_cents    int  not null,
  created_at     timestamptz not null default now()
);

create table order_lines (
  order_id    uuid not null references orders (id),
  product_id  int  not null references products (id),
  name        text not null,
  unit_cents  int  not null,
  quantity    int  not null check (quantity > 0),
  total_cents int  not null,
  primary key (order_id, product_id)
);

create index order_lines_by_product on order_lines (product_id);

-- One row per idempotency key: the second request with a key waits for the first, then finds its order.
create table order_requests (
  key          text primary key,
  request_hash text not null,
  order_id     uuid not null,
  created_at   timestamptz not null default now()
);
