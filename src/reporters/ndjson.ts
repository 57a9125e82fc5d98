import type { Reporter } from '../model/ports.ts'
import { createLogTail, type LogTail } from './log-tail.ts'
import type { Output } from './output.ts'

export interface NdjsonOptions {
  readonly output: Output
  /** Whether the output is the terminal's stdout. */
  readonly ownsStdout: boolean
}

/**
 * The events of each experiment, exactly as they stand in its log, one after the other. They are read back from the log, so that
 * a slow reader costs no memory.
 */
export function createNdjsonReporter({ output, ownsStdout }: NdjsonOptions): Reporter {
  const seen = new Set<string>()
  const tails: LogTail[] = []
  let hasNews = false
  let pump: Promise<void> | undefined

  const copyAll = async () => {
    while (hasNews) {
      hasNews = false
      for (const tail of [...tails]) {
        // Experiments come one after the other: all but the last are complete. Asked first, for one may end while it is read.
        const isComplete = tail !== tails.at(-1)
        for await (const lines of tail.read()) await output.write(lines)
        if (isComplete) await tails.shift()?.close()
      }
    }
  }
  const closeAll = async () => {
    for (const tail of tails.splice(0)) await tail.close()
  }
  const copy = async () => {
    try {
      await copyAll()
    } catch (thrown) {
      // A reporter that has failed is not told of the end.
      await closeAll()
      throw thrown
    }
    pump = undefined
  }
  return {
    name: 'ndjson',
    ownsStdout,
    event(_event, { info }) {
      if (!seen.has(info.eventsFile)) {
        seen.add(info.eventsFile)
        tails.push(createLogTail(info.eventsFile))
      }
      hasNews = true
      if (pump !== undefined) return
      pump = copy()
      return pump
    },
    async finish() {
      await pump
      hasNews = true
      await copy()
      await closeAll()
      await output.finish()
    },
  }
}
