import type { PushNews } from '../../backends/batching/spooler.ts'
import type { Screen } from '../../model/ports.ts'
import { type PushedSoFar, renderPushProgress } from '../../reporters/format/push-progress.ts'
import { styleOf } from '../../reporters/format/style.ts'
import { canDrawLiveArea, createLiveArea } from '../../terminal/live-area.ts'

/** How far a push has come, drawn at the bottom of a terminal; elsewhere nothing. */
export interface PushDisplay {
  update(news: Extract<PushNews, { readonly kind: 'progress' }>): void
  stop(): void
}

export async function showProgress(screen: Screen, place: string, experiments: number): Promise<PushDisplay> {
  if (!canDrawLiveArea(screen)) return { update() {}, stop() {} }
  const style = await styleOf(screen.stderr)
  const latest = new Map<string, PushedSoFar>()
  const area = await createLiveArea({
    screen,
    render() {
      const columns = screen.stderr.columns
      return renderPushProgress([...latest.values()], { place, experiments }, { ...style, columns })
    },
  })
  return {
    update: ({ experimentId, ...progress }) => void latest.set(experimentId, progress),
    stop: () => area.stop(),
  }
}
