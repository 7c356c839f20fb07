import { checkHealth } from '@/server/health'
import { json } from '@/server/http'

export const dynamic = 'force-dynamic'

export async function GET(): Promise<Response> {
  const health = await checkHealth()
  return json(health, health.status === 'failing' ? 503 : 200)
}
