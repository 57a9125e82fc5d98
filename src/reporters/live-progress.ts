import type { ExperimentView, Screen } from '../model/ports.ts'
import { createLiveArea, type LiveArea } from '../terminal/live-area.ts'
import { realTicker, type Ticker } from '../terminal/ticker.ts'
import { renderLiveProgress } from './format/progress.ts'
import { styleOf } from './format/style.ts'
import type { ProgressDisplay } from './progress-display.ts'

/** What is over sooner needs no live area, and ora need not be loaded. */
const DELAY_MS = 150

/** Progress as a live area at the bottom of the terminal. */
export function createLiveProgress(screen: Screen, ticker: Ticker = realTicker): ProgressDisplay {
  let area: Promise<LiveArea> | undefined
  let stopWaiting = () => {}
  const stop = async () => {
    stopWaiting()
    const last = area
    area = undefined
    const opened = await last
    opened?.stop()
  }
  return {
    start(view) {
      const stopped = stop()
      stopWaiting = ticker.every(DELAY_MS, () => {
        stopWaiting()
        area = stopped.then(() => openArea(view, screen, ticker))
        // A failure is thrown where the area is stopped.
        area.catch(() => {})
      })
    },
    rowFinished() {},
    stop,
  }
}

async function openArea(view: ExperimentView, screen: Screen, ticker: Ticker): Promise<LiveArea> {
  const style = await styleOf(screen.stderr)
  const render = () => renderLiveProgress(view.info, view.progress(), { ...style, columns: screen.stderr.columns })
  return createLiveArea({ screen, render, ticker })
}
