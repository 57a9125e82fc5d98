import type { StopSwitch } from '../engine/stop.ts'
import type { EndReason } from '../model/outcome.ts'
import type { UserModule } from '../session/executors/user-module.ts'

/** Milliseconds after a command was ended, from which on nothing is waited for any more. */
export const LONGEST_END = 6_700

export type Closable = Pick<UserModule, 'close'>

/** The modules of one command. What is still being loaded when it is ended is closed; what has begun ends in good order. */
export interface OpenModules {
  add(module: Closable): void
  /** Experiments run from here on. */
  begin(): void
  end(reason: EndReason): void
  closeAll(): Promise<void>
  /** As `closeAll`, also for those that are still to come. */
  close(): Promise<void>
}

export function createOpenModules(stop: StopSwitch): OpenModules {
  const modules: Closable[] = []
  let hasBegun = false
  let isClosed = false
  const closeAll = async (): Promise<void> => {
    await Promise.all(modules.map((module) => module.close()))
  }
  return {
    add(module) {
      modules.push(module)
      if (isClosed || (stop.reason !== undefined && !hasBegun)) void module.close()
    },
    begin() {
      hasBegun = true
    },
    end(reason) {
      stop.stop(reason)
      if (!hasBegun) void closeAll()
    },
    closeAll,
    close() {
      isClosed = true
      return closeAll()
    },
  }
}
