import type { Client } from './client.ts'
import { RequestError } from './failures.ts'
import { envelope } from './json-text.ts'
import { apiPath } from './paths.ts'

/** Nobody's experiment. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Whether the keys may change anything. Asked by changing nothing of an experiment that does not exist. */
export async function mayWrite(client: Client, signal: AbortSignal): Promise<boolean> {
  const path = apiPath(['experiments', NOBODY])
  const purpose = 'ask whether the keys may write'
  try {
    await client.send({ method: 'PATCH', path, body: envelope('experiments', {}), purpose }, signal)
    return true
  } catch (error) {
    const status = error instanceof RequestError ? error.status : undefined
    if (status === undefined || status < 400 || status >= 500 || status === 429) throw error
    return status !== 401 && status !== 403
  }
}
