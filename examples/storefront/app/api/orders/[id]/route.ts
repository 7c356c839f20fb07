import { json, problem } from '@/server/http'
import { getOrder } from '@/server/orders'

type Context = { params: Promise<{ id: string }> }

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const order = await getOrder((await params).id)
  return order ? json(order) : problem(404, 'not-found', 'There is no such order.')
}
