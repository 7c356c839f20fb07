import { getProduct } from '@/server/catalogue'
import { json, problem } from '@/server/http'

type Context = { params: Promise<{ slug: string }> }

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { slug } = await params
  const product = await getProduct(slug)
  return product ? json(product) : problem(404, 'not-found', `There is no product ${slug}.`)
}
