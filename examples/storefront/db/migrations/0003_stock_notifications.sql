-- Every change of stock is announced at commit, for /api/stock/stream.
create function announce_stock() returns trigger language plpgsql as $$
begin
  perform pg_notify('stock_changed', json_build_object('slug', new.slug, 'stock', new.stock)::text);
  return null;
end
$$;

create trigger products_stock_changed
  after update of stock on products
  for each row when (old.stock is distinct from new.stock)
  execute function announce_stock();
