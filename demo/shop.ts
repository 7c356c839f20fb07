import { randomUUID } from 'node:crypto';
import { request } from 'undici';

const customer = {
  name: 'Ada Demo',
  email: 'ada@example.com',
  address: '1 Harbour Street',
  city: 'St Ives',
  postcode: 'TR26 1NW',
};

/** Products of the shop at a host. */
export async function slugsAt(origin: string, host: string): Promise<string[]> {
  const { body } = await request(`${origin}/api/products`, { headers: { host } });
  const { products } = (await body.json()) as { products: Array<{ slug: string }> };
  return products.map(({ slug }) => slug);
}

/** Places an order at one host: it must be found there, and at the other one not. */
export async function keptApart(origin: string, host: string, other: string): Promise<boolean> {
  const [slug] = await slugsAt(origin, host);
  const { statusCode, body } = await request(`${origin}/api/orders`, {
    method: 'POST',
    headers: { host, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ customer, lines: [{ slug, quantity: 1 }] }),
  });
  const { id } = (await body.json()) as { id?: string };
  if (statusCode !== 201 || !id) return false;
  const [here, there] = await Promise.all([host, other].map((each) => statusOf(`${origin}/api/orders/${id}`, each)));
  return here === 200 && there === 404;
}

async function statusOf(url: string, host: string): Promise<number> {
  const { statusCode, body } = await request(url, { headers: { host } });
  await body.dump();
  return statusCode;
}
