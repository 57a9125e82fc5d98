import { toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import type { ThreadSlot } from './lane.ts'
import type { Thread } from './thread.ts'

/** The threads that one module is loaded in. */
export interface Crew {
  /** The one that the module was loaded in first; it has what there is but once: datasets, summary evaluators. */
  readonly first: ThreadSlot
  /** What the module defines. */
  readonly loaded: Promise<readonly DefinitionInfo[]>
  /** How many there are beside it. */
  further(): number
  /** One of those beside it; it is started where there is none yet. Rejects when the module does not load in it. */
  slot(index: number): Promise<ThreadSlot>
  /** Resolves when what user code has written to its console has come. */
  drain(): Promise<void>
  /** Ends all of them, also those that are being started. */
  close(): Promise<void>
}

export interface CrewOptions {
  /** Starts a thread. */
  start(options: StartOptions): Thread
  /** The first thread is gone for good. */
  onFirstEnded(error: ErrorInfo): void
  /** Another thread took the place of the first one. */
  onFirstReplaced(): void
}

interface StartOptions {
  /** Whether another thread has loaded the module. */
  readonly isAgain: boolean
  readonly onEnded: (error: ErrorInfo) => void
}

export function createCrew({ start, onFirstEnded, onFirstReplaced }: CrewOptions): Crew {
  const threads = new Set<Thread>()
  let isClosed = false

  const startOne = (isAgain: boolean, onEnded: (error: ErrorInfo) => void): Thread => {
    const thread = start({ isAgain, onEnded })
    threads.add(thread)
    return thread
  }
  const end = async (thread: Thread): Promise<void> => {
    threads.delete(thread)
    await thread.terminate()
  }
  const load = async (thread: Thread): Promise<readonly DefinitionInfo[]> => {
    try {
      return await thread.loaded
    } catch (error) {
      await end(thread)
      throw error
    }
  }
  const createSlot = (thread: Thread, restart: () => Thread): ThreadSlot => {
    let current = thread
    return {
      current: () => current,
      async replace() {
        await end(current)
        if (isClosed) throw new LlmobsExpError('E_USER_CODE_ENDED', 'the module is closed')
        current = restart()
        await load(current)
      },
    }
  }

  let isReplacing = false
  const firstEnded = (error: ErrorInfo): void => {
    if (!isReplacing) onFirstEnded(error)
  }
  const thread = startOne(false, firstEnded)
  const place = createSlot(thread, () => startOne(true, firstEnded))
  const first: ThreadSlot = {
    current: place.current,
    async replace() {
      isReplacing = true
      try {
        await place.replace()
        onFirstReplaced()
      } catch (error) {
        onFirstEnded(toErrorInfo('E_USER_CODE_ENDED', error))
        throw error
      } finally {
        isReplacing = false
      }
    },
  }

  const further: Promise<ThreadSlot>[] = []
  const startFurther = async (): Promise<ThreadSlot> => {
    const begin = (): Thread => startOne(true, () => {})
    const slot = createSlot(begin(), begin)
    await load(slot.current())
    return slot
  }
  return {
    first,
    loaded: load(thread),
    further: () => further.length,
    async slot(index) {
      const known = further[index]
      if (known !== undefined) return known
      const starting = startFurther()
      further.push(starting)
      starting.catch(() => further.splice(further.indexOf(starting), 1))
      return starting
    },
    async drain() {
      await Promise.all(Array.from(threads, (one) => one.drain()))
    },
    async close() {
      isClosed = true
      await Promise.all(Array.from(threads, end))
    },
  }
}
