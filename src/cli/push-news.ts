import type { PushNews } from '../backends/batching/spooler.ts'
import type { Problem } from '../model/events.ts'

/** What people should know of a push while it is under way; nothing for most news. */
export function problemOf(news: PushNews, place: string): Problem | undefined {
  if (news.kind !== 'waiting' && news.kind !== 'refused') return undefined
  const isRefused = news.kind === 'refused'
  return {
    type: 'problem',
    severity: 'warning',
    code: isRefused ? 'W_BACKEND_REFUSED' : 'W_BACKEND_UNREACHABLE',
    message: `${news.reason}; ${isRefused ? `nothing more is sent to ${place}` : 'it is tried again'}`,
  }
}
